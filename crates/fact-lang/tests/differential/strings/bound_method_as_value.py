def execute_command(image):
    f = 'a-b'.split
    g = [].append
    xs = []
    add = xs.append
    add(1)
    add(2)
    return f('-'), xs, list(map('abc'.find, 'cb'))
