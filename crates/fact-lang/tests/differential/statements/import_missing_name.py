def execute_command(image):
    from itertools import nonexistent
    return 1
