def execute_command(image):
    return len('ab' * 1000), len('x' * 5000 + 'y')
