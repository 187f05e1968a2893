def execute_command(image):
    people = [('a', 2), ('b', 1), ('c', 2), ('d', 1)]
    xs = sorted(people, key=lambda p: p[1])
    ys = sorted(people, key=lambda p: p[1], reverse=True)
    zs = list(people)
    zs.sort(key=lambda p: p[0], reverse=True)
    zs.sort(key=lambda p: p[1])
    return xs, ys, zs
