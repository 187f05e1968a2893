def execute_command(image):
    return 1 < 2, 1 == 1.0, 1 != 2, 2 >= 2, 0.1 + 0.2 == 0.3, True == 1, True < 2, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53, 10 ** 400 > 1e308, float('nan') == float('nan'), float('inf') > 10 ** 400, -0.0 == 0
