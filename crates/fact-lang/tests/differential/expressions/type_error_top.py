def execute_command(image):
    n = '3'
    return n + 1
