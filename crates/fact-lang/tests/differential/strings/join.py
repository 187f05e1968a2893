def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return ', '.join(['a', 'b']), ''.join([]), '-'.join('abc'), 'x'.join(['one']), ' '.join(str(i) for i in range(3)), ','.join({'a': 1, 'b': 2}), ''.join(('a', 'b')), attempt(lambda: ','.join([1, 2])), attempt(lambda: ','.join(['a', None])), attempt(lambda: ','.join(5)), attempt(lambda: ','.join(['a', ['b']])), attempt(lambda: ','.join('a', 'b'))
