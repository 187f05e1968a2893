def execute_command(image):
    raise KeyError('a', 'b')
