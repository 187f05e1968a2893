def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return repr('a'), str('a'), repr(1), str(), str(None), str(1.50), str([1, 'a']), repr("it's"), str(True), str({'a': 1}), str(object='x'), str(b=1) if False else 0, repr(len), str(int), repr(None), str(ValueError('x')), repr(ValueError('x')), repr(KeyError('k')), str(KeyError('k')), repr(ValueError()), repr(ValueError('a', 1)), str(ValueError('a', 1)), repr(Ellipsis), attempt(lambda: repr()), attempt(lambda: str(1, 2))
