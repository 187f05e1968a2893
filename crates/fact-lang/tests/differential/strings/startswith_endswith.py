def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    s = 'red cup'
    return s.startswith('red'), s.endswith('cup'), s.startswith(('blue', 'red')), s.endswith(()), s.startswith(''), s.startswith('cup', 4), s.endswith('red', 0, 3), s.startswith('r', -3), s.startswith(''), attempt(lambda: s.startswith(5)), attempt(lambda: s.startswith(['r'])), attempt(lambda: s.endswith(('a', 1))), attempt(lambda: s.startswith(None)), attempt(lambda: s.startswith())
