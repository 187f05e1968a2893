def execute_command(image):
    return undefined_object_name
