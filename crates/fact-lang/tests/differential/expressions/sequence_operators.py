def execute_command(image):
    return 'ab' + 'cd', 'ab' * 3, 3 * 'ab', 'ab' * 0, 'ab' * -1, [1] + [2], [1, 2] * 2, (1,) + (2,), 2 * (1, 2), [[]] * 2, '' * 5, True * 'x'
