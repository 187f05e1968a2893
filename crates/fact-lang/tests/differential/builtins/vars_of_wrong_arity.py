def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: ord(), lambda: chr(), lambda: divmod(), lambda: isinstance(), lambda: hasattr('a'), lambda: iter(), lambda: next(), lambda: sorted(1, 2, 3), lambda: reversed(), lambda: abs(1, 2), lambda: callable(), lambda: bool(x=1), lambda: len(obj=[])]]
