def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return str.upper('a'), list(map(str.strip, [' a ', 'b '])), str.join('-', ['a', 'b']), sorted(['b', 'A'], key=str.lower), str.split('a b'), str.format('{}', 1), attempt(lambda: str.upper(5)), attempt(lambda: str.upper())
