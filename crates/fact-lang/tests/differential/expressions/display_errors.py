def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: [*5], lambda: {**5}, lambda: {[]: 1}, lambda: {[1]}, lambda: {{}: 1}, lambda: (*None,), lambda: {**[1]}, lambda: {(1, []): 2}]]
