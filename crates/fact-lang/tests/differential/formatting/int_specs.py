def execute_command(image):
    ns = [0, 5, -42, 1234567, 255]
    specs = ['', 'd', 'x', 'X', 'o', 'b', '#x', '#b', '#X', ',', '_', '_x', '05', '+', ' ', '<6', '>6', '^6', '=+6', '*>8', '08,', 'e', '.2f', '%', 'g', 'n', '#010x', '_b']
    return [format(n, s) for n in ns for s in specs]
