def execute_command(image):
    return slice(1, 5, 2).indices(3)
