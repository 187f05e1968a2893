def execute_command(image):
    for i in []:
        pass
    return i
