def execute_command(image):
    point = (1, 2)
    point[0] = 5
    return point
