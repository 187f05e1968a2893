def execute_command(image):
    return (0.5).as_integer_ratio()
