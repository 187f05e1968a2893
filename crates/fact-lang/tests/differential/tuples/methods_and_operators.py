def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    t = (1, 2, 2, 'a')
    return t.count(2), t.index('a'), t + (5,), t * 2, t[1:], t[::-1], len(t), 2 in t, (1,) == (1.0,), attempt(lambda: t.index(9)), (), (1,), attempt(lambda: t.append(1)), attempt(lambda: t.sort()), tuple(sorted((3, 1))), max((1, 5)), attempt(lambda: t.pop())
