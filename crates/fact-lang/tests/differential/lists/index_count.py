def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1, 2, 'a', 2.0, [1], True]
    return xs.index(2), xs.index('a'), xs.count(2), xs.count(1), xs.index(2, 2), xs.index([1]), xs.count('z'), attempt(lambda: xs.index('zz')), attempt(lambda: xs.index(2, 4)), attempt(lambda: xs.index()), xs.index('a', -4), xs.index('a', 0, 100), attempt(lambda: xs.index(1, 2, 3)), attempt(lambda: [].index("it's"))
