def execute_command(image):
    print('before')
    print([1, 2][5])
