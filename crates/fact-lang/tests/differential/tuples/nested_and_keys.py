def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    d = {(0, 0): 'origin', (1, (2, 3)): 'nested'}
    boxes = [(1, 2), (3, 4)]
    return d[0, 0], d[(1, (2, 3))], [x for x, _ in boxes], dict(boxes), sorted(boxes, key=lambda b: -b[1]), attempt(lambda: {([1],): 2}), min(boxes), sum(b - a for a, b in boxes)
