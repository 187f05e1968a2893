def execute_command(image):
    print([1.0, 'a', None], {'a': (1,)}, 'plain', 1e16, True)
    print(ValueError('bad'), KeyError('k'))
    print(range(3), len, int)
    print('é', ['é'], 'x\ty', ['x\ty'])
    return 0
