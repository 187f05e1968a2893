def execute_command(image):
    xs = [print(i, end=';') for i in range(3)]
    return xs
