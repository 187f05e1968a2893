def execute_command(image):
    print('a', 1, None, [1, 'b'], 2.0)
    print()
    print('no newline', end='')
    print('a', 'b', sep='-')
    print('x', 'y', sep='', end='!\n')
    print(*[1, 2, 3], sep=', ')
    print('tab\tnew\nline', 'é')
    return print('last')
