def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: '{}'.format(), lambda: '{} {}'.format(1), lambda: '{1}'.format(0), lambda: '{a}'.format(), lambda: '{'.format(1), lambda: '}'.format(1), lambda: '{0} {}'.format(1), lambda: '{} {0}'.format(1), lambda: '{:d}'.format('a'), lambda: '{!x}'.format(1), lambda: '{0.foo}'.format(1), lambda: '{0[5]}'.format([1]), lambda: '{0[k]}'.format({}), lambda: '{0[k]}'.format([1]), lambda: '{:{}}'.format(1), lambda: '{0[}'.format([1]), lambda: '{a.b}'.format(a='x'), lambda: '{:>5'.format('a'), lambda: '{!}'.format(1), lambda: '{:5}'.format(None), lambda: '{0[0]x}'.format([1]), lambda: '{:{:{}}}'.format(1, 2, 3), lambda: '{0[]}'.format([1])]]
