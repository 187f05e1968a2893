def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: sorted(5), lambda: sorted([1, 'a']), lambda: sorted(['a', 1]), lambda: sorted([None, None]), lambda: sorted([1, 2], 5), lambda: sorted(), lambda: sorted([1], foo=1), lambda: sorted([{}, {}]), lambda: sorted([1, 2], key=lambda: 0), lambda: sorted([1], reverse='x'), lambda: sorted([1, 2], key=lambda x: None), lambda: sorted([[1], ['a']])]]
