def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: 1 + 'a', lambda: 'a' + 1, lambda: [] + (), lambda: () + [], lambda: None + 1, lambda: 1 - 'a', lambda: 'a' * 'b', lambda: 'a' * 1.5, lambda: [1] * 'a', lambda: {} + {}, lambda: 'a' / 2, lambda: [] - [], lambda: 1 // 'a', lambda: None * 2, lambda: 'a' - 'b', lambda: {1} + {2}, lambda: len + 1, lambda: 5 % 'a', lambda: [1] + None, lambda: 'x' + None, lambda: 1.5 + None, lambda: range(2) + range(2)]]
