def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return 'banana'.count('a'), 'banana'.count('an'), 'aaaa'.count('aa'), 'abc'.count(''), 'abc'.count('x'), 'banana'.count('a', 2), 'banana'.count('a', 0, 3), 'banana'.count('a', -2), attempt(lambda: 'a'.count(1)), attempt(lambda: 'a'.count())
