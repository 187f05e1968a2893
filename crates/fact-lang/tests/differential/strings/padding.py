def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return 'a'.center(5, '*'), 'ab'.center(5), 'abc'.center(6, '-'), 'a'.ljust(3) + '|', 'a'.rjust(3, '.'), '42'.zfill(5), '-42'.zfill(5), '+1'.zfill(4), 'abc'.zfill(2), 'é'.ljust(3, 'ß'), 'a'.center(0), attempt(lambda: 'a'.center(5, 'xy')), attempt(lambda: 'a'.ljust('b')), attempt(lambda: 'a'.zfill()), attempt(lambda: 'a'.rjust(5, 1)), attempt(lambda: 'a'.center(2.5))
