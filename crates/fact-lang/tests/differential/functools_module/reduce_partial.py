def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    from functools import reduce, partial
    add = partial(lambda a, b, c=0: a + b + c, 1)
    return reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(lambda a, b: a + b, [], 5), reduce(max, [3, 9, 2]), add(2), add(2, c=3), partial(int, base=2)('101'), attempt(lambda: reduce(lambda a, b: a, [])), reduce(lambda a, b: a + [b], 'ab', []), partial(max, key=len)(['a', 'bb']), attempt(lambda: reduce(lambda a, b: a, 5))
