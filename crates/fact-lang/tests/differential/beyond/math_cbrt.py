def execute_command(image):
    return round(math.cbrt(27), 9)
