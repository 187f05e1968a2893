def execute_command(image):
    raise NotImplementedError
