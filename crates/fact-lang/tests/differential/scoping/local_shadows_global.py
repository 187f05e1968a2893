value = 'global'

def read():
    return value

def execute_command(image):
    value = 'local'
    return value, read()
