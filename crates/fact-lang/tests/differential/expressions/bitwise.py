def execute_command(image):
    return 6 & 3, 6 | 3, 6 ^ 3, ~6, ~-1, 1 << 10, 1024 >> 3, -5 >> 1, -5 & 3, True & False, True | False, True ^ True, ~True, 1 << 70, -1 >> 100, 5 & -2
