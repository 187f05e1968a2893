def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    from collections import Counter
    a = Counter('aab')
    b = Counter('abc')
    return a, Counter(), a & b, a | b, str(a), max(a, key=a.get), a.pop('b'), a, isinstance(a, dict), a.get('zz'), attempt(lambda: Counter(5)), attempt(lambda: Counter([[]])), type(a), sorted(b.subtract('a') or b.items()), b
