def execute_command(image):
    return callable(len), callable(5), callable(lambda: 1), callable(int), type(1), type('a'), type(1.0), type(None), type([]), type({}), type(()), type({1}), type(True), type(len), type(lambda: 1), type(range(1)), type(int), type(ValueError()), type(1) == int, type(True) == int, type(1) is int, str(type('a'))
