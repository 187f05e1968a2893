def execute_command(image):
    return int('three dogs')
