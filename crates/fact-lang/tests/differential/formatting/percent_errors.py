def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: '%d' % 'a', lambda: '%s %s' % 'a', lambda: '%s' % (1, 2), lambda: '%d' % None, lambda: '%z' % 1, lambda: '%' % 1, lambda: '%(a)s' % 1, lambda: '%(a)s' % {}, lambda: '%f' % 'a', lambda: '%x' % 1.5, lambda: '%c' % 'ab', lambda: '%*d' % ('a', 1), lambda: 'plain' % 5, lambda: '%s' % (), lambda: '%d %y' % (1, 2), lambda: '%c' % -1, lambda: '%d' % [1], lambda: '%(a' % {'a': 1}, lambda: '%5' % 1, lambda: 'x' % (1,), lambda: '%e' % None, lambda: '%d' % float('nan'), lambda: '%d' % float('inf')]]
