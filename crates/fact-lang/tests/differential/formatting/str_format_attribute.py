def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return '{0.start} {0.stop}'.format(range(1, 5)), '{r.step}'.format(r=range(3)), attempt(lambda: '{0.upper}'.format(5)), '{0[name]} {0[n]}'.format({'name': 'cup', 'n': 2})
