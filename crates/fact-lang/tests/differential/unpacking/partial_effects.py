def execute_command(image):
    a = b = 'old'
    try:
        a, b = 1, 2, 3
    except ValueError:
        pass
    xs = []
    try:
        xs[0], c = 1, 2
    except IndexError as e:
        r = str(e)
    return a, b, r
