def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1]
    xs.append([2])
    xs.extend('ab')
    xs.extend((3,))
    xs.insert(0, 'first')
    xs.insert(100, 'last')
    xs.insert(-1, 'before last')
    xs.extend({'k': 1})
    r = xs.append(5)
    return xs, r, attempt(lambda: xs.extend(5)), attempt(lambda: xs.append()), attempt(lambda: xs.append(1, 2)), attempt(lambda: xs.insert(1)), attempt(lambda: xs.insert('a', 1)), attempt(lambda: xs.extend(None))
