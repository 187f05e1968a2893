def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return '{a} {b}'.format_map({'a': 1, 'b': 2}), attempt(lambda: '{a}'.format_map({})), attempt(lambda: '{}'.format_map({'a': 1}))
