counter = 0

def bump():
    global counter
    counter += 1
    return counter

def execute_command(image):
    bump()
    bump()
    return counter
