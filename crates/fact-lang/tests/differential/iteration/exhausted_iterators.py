def execute_command(image):
    z = zip([1], [2])
    e = enumerate('a')
    m = map(str, [1])
    r = reversed([1])
    f = filter(None, [1])
    first = [list(i) for i in (z, e, m, r, f)]
    return first, [list(i) for i in (z, e, m, r, f)]
