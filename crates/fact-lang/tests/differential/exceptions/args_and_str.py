def execute_command(image):
    e = ValueError('a', 1)
    k = KeyError('key')
    n = Exception()
    return e.args, str(e), repr(e), k.args, str(k), n.args, str(n), repr(n), ValueError('x') == ValueError('x'), str(ValueError(5)), str(ValueError(None)), repr(ValueError("it's")), str(IndexError(['a']))
