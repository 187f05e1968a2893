def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: {1}.remove(2), lambda: set().pop(), lambda: {1}.add([]), lambda: {1} | [2], lambda: {1}.union(5), lambda: {1}[0], lambda: {1} + {2}, lambda: {[1]}, lambda: {1}.append(2), lambda: {'a'}.remove('b'), lambda: {1}.add(), lambda: {1} < 5, lambda: {1} - [1], lambda: {1}.issubset(5), lambda: frozenset([1]).add(2), lambda: {1}.update(5)]]
