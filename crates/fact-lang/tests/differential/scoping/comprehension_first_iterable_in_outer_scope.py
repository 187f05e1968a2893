def execute_command(image):
    xs = [1, 2]
    ys = [[y for y in range(x)] for x in xs]
    n = 3
    zs = [n * z for z in range(n)]
    return ys, zs, [xs for xs in xs]
