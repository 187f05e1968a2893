def execute_command(image):
    xs = [1, 2, 3]
    seen = []
    for x in xs:
        seen.append(x)
        xs.clear()
    ys = [1, 2]
    n = 0
    for y in ys:
        n += 1
        if n < 4:
            ys.insert(0, 0)
        else:
            break
    it = iter([])
    zs = []
    iz = iter(zs)
    first = next(iz, 'none')
    zs.append(1)
    return seen, xs, n, ys, first, next(iz, 'still none')
