def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return '  a b '.strip(), '  a '.lstrip() + '|', ' a  '.rstrip() + '|', 'xxaxx'.strip('x'), 'abcba'.strip('ab'), 'abc'.lstrip('ba'), 'abc'.rstrip('cb'), '\n\t a \r'.strip(), 'a.'.rstrip('.'), ''.strip(), 'aaa'.strip('a'), 'a'.strip(None), attempt(lambda: 'a'.strip(5)), attempt(lambda: 'a'.strip('a', 'b'))
