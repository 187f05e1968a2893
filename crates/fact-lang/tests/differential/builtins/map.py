def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(int, '123')), list(map(len, ['a', 'bb'])), list(map(str.upper, ['a'])), list(map(max, [1, 5], [3, 2])), attempt(lambda: map(str)), attempt(lambda: map(str, 5)), attempt(lambda: list(map(5, [1]))), attempt(lambda: list(map(len, [1]))), attempt(lambda: map())
