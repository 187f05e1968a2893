def execute_command(image):
    e = 'before'
    try:
        raise ValueError('x')
    except ValueError as e:
        message = str(e)
    try:
        return message, e
    except NameError as err:
        return message, str(err)
