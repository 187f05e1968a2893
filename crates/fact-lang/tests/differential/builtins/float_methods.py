def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return (2.0).is_integer(), (2.5).is_integer(), float('inf').is_integer(), attempt(lambda: (1.5).bit_length())
