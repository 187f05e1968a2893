def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    n = 10 ** 4299
    return len(str(n)), attempt(lambda: str(10 ** 4300)), attempt(lambda: repr([10 ** 5000])), attempt(lambda: f'{10 ** 5000}')
