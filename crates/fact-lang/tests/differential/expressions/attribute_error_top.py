def execute_command(image):
    names = ['cat', 'dog']
    return names.first()
