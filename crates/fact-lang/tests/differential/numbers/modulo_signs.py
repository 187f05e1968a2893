def execute_command(image):
    return [(a // b, a % b) for a in [7, -7, 0] for b in [3, -3]], [(a // b, a % b) for a in [7.5, -7.5, 0.0] for b in [2, -2]], -1 % 10, -0.5 % 1, 1 % -10, 5 % 0.3, 1e20 % 3, -1e-20 % 1
