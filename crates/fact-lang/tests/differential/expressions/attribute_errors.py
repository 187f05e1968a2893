def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 'a'.foo, lambda: [].push(1), lambda: {}.has_key('a'), lambda: (5).x, lambda: None.upper(), lambda: (1.5).foo, lambda: {1}.append(2), lambda: (1,).append(2), lambda: (lambda: 0).foo, lambda: range(3).index_of(1), lambda: True.real_part, lambda: len.foo, lambda: math.foo, lambda: 'abc'.contains('a'), lambda: [1].length]]
