def execute_command(image):
    xs = [0.1, 0.30000000000000004, 1e21, 1.7976931348623157e308, 5e-324, 123456.789, 1e-10, 2.0 ** 60, 1 / 7]
    return [float(str(x)) == x for x in xs], [str(x) for x in xs], [repr(-x) for x in xs]
