def execute_command(image):
    d = {1: 'a', 2: 'b', 3: 'c'}
    x = d.popitem()
    y = d.popitem()
    d.clear()
    return x, y, d
