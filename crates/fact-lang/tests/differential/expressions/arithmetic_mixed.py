def execute_command(image):
    return 1 + 2.0, 3 * 1.5, 7 // 2.0, 7 % 2.5, True + True, True * 3.5, 2 ** 3.0, 10 / 4, False - 1
