def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return 'aaa'.replace('a', 'b'), 'aaa'.replace('a', 'b', 2), 'abc'.replace('', '-'), 'abc'.replace('x', 'y'), 'aXbX'.replace('X', ''), 'aaa'.replace('aa', 'b'), 'abc'.replace('b', 'b', 0), ''.replace('', 'x'), 'abc'.replace('a', 'z', -1), attempt(lambda: 'a'.replace('a')), attempt(lambda: 'a'.replace(1, 'b')), attempt(lambda: 'a'.replace('a', None)), attempt(lambda: 'a'.replace('a', 'b', 'c'))
