def execute_command(image):
    distance = None
    return f'{distance:.2f}'
