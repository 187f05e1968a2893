def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return format(3.14159, '.2f'), format(5), format('a', '>3'), format(255, 'x'), format(True), format(None), format([1]), attempt(lambda: format([1], 'x')), attempt(lambda: format(1, 2)), format(1234567, ',')
