def execute_command(image):
    x = 'outer'
    ys = [x for x in range(3)]
    zs = {x: x for x in 'ab'}
    w = list(x for x in 'cd')
    return x, ys, zs, w
