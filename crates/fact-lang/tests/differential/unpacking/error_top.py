def execute_command(image):
    left, right = [1, 2, 3]
    return left
