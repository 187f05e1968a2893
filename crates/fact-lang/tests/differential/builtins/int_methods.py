def execute_command(image):
    return (5).bit_length(), (0).bit_length(), (-8).bit_length(), (10 ** 20).bit_length(), (7).conjugate()
