def execute_command(image):
    n = 1
    g = (x * n for x in [1, 2])
    n = 10
    return list(g)
