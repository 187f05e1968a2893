def execute_command(image):
    nan = float('nan')
    xs = [nan]
    return nan == nan, nan != nan, nan < 1, nan in xs, xs == xs, max(nan, 1), max(1, nan), sorted([3, 1, 2]), bool(nan), str(nan)
