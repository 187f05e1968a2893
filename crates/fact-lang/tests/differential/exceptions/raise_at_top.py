def execute_command(image):
    raise ValueError('no cup was found')
