def execute_command(image):
    a, b = (x for x in [1, 2])
    first, *rest = (x * 2 for x in range(3))
    return a, b, first, rest, [*(x for x in 'ab')], max(*(x for x in [1, 5]))
