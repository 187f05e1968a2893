def execute_command(image):
    g = (x for x in range(10))
    a = next(g)
    b = 3 in g
    c = next(g)
    first = next((x for x in [1, 2, 3] if x > 1), None)
    missing = next((x for x in [1] if x > 1), 'none')
    for x in g:
        if x > 5:
            break
    return a, b, c, first, missing, x, list(g)
