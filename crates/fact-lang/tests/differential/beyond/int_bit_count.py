def execute_command(image):
    return (5).bit_count()
