def execute_command(image):
    widths = []
    return max(widths)
