def execute_command(image):
    return re.subn('a', 'b', 'aXa')
