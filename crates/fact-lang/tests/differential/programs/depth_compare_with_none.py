def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    depths = {'cup': 1.5, 'plate': None}
    near = [k for k, v in depths.items() if v is not None and v < 2]
    return near, attempt(lambda: depths['cup'] < depths['plate']), attempt(lambda: min(depths.values()))
