def execute_command(image):
    return 2 + 3 * 4, (2 + 3) * 4, not 1 == 2, 1 < 2 and 2 < 3 or 0, -2 ** 2, 2 ** -1, 1 + 2 << 1, 5 & 6 == 6, 1 | 2 ^ 3 & 4, not True or True, 3 - 2 - 1, 2 * 3 % 4, 7 // 2 * 2, 'a' 'b' * 2, 1 if 0 else 2 + 3, -3 % 5, ~1 + 1
