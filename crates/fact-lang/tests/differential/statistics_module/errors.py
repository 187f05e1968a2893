def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    import statistics
    return [attempt(x)[:40] for x in [lambda: statistics.mean([]), lambda: statistics.median([]), lambda: statistics.mode([]), lambda: statistics.variance([1])]]
