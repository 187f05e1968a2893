def execute_command(image):
    list = [1, 2]
    return list((3, 4))
