def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    import re
    return [attempt(x) for x in [lambda: re.search('x', 'abc').group(), lambda: re.search('a', 'abc').group(1), lambda: re.search(5, 'a'), lambda: re.search('a', 5), lambda: re.findall('a'), lambda: re.search('(?P<n>a)', 'a').group('z'), lambda: re.nope, lambda: re.sub('a', 5, 'a'), lambda: re.search('a', None)]]
