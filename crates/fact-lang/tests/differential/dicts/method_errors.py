def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    d = {'a': 1}
    return [attempt(x) for x in [lambda: d.pop('z'), lambda: {}.popitem(), lambda: d['z'], lambda: d.get(), lambda: d.get([]), lambda: d.update(5), lambda: d.update([1]), lambda: d.pop(), lambda: d.append(1), lambda: d.a, lambda: d.keys(1), lambda: d.setdefault(), lambda: d.update([(1, 2, 3)]), lambda: d.items()[0], lambda: d.keys()[0], lambda: d.values().sort(), lambda: d.pop([]), lambda: d.get('a', 1, 2), lambda: d.copy(1), lambda: d.add('x')]]
