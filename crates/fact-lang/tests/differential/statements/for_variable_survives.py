def execute_command(image):
    for i in range(4):
        pass
    for j in [1, 2]:
        j = j * 10
    return i, j
