def execute_command(image):
    return math.perm(5, 2), math.perm(4)
