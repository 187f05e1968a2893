def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    s = 'hello wörld'
    return s.find('l'), s.find('l', 3), s.find('x'), s.rfind('l'), s.find('l', 4, 6), s.index('w'), s.rindex('o'), s.find(''), s.find('', 20), s.rfind(''), s.find('ld', -4), s.find('h', -100), attempt(lambda: s.index('z')), attempt(lambda: s.rindex('zz')), attempt(lambda: s.find(5)), attempt(lambda: s.find()), s.find('l', None, None), s.rfind('l', 0, 4), attempt(lambda: s.find('l', 'a'))
