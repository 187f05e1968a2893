def execute_command(image):
    return later() + CONSTANT

def later():
    return 5

CONSTANT = 2
