def execute_command(image):
    sizes = {'cat': 1}
    return sizes['dog']
