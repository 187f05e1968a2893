def execute_command(image):
    return pow(base=2, exp=4)
