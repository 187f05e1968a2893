def execute_command(image):
    a = b = c = [1]
    a.append(2)
    return a, b, c, a is b
