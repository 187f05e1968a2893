def execute_command(image):
    depth = None
    return depth < 5
