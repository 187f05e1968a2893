def execute_command(image):
    return pow(3, -1, 7), pow(-3, -2, 7)
