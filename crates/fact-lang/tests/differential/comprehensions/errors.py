def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: [x for x in 5], lambda: [1 / x for x in [1, 0]], lambda: [undefined for _ in [1]], lambda: {[]: 1 for _ in [1]}, lambda: {[] for _ in [1]}, lambda: [x.foo for x in ['a']], lambda: [a for a, b in [1]], lambda: [x for x in None], lambda: [x[5] for x in ['ab']]]]
