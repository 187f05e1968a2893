count = 5

def execute_command(image):
    count = count + 1
    return count
