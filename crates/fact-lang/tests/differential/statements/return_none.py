def execute_command(image):
    return
