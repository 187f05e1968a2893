def execute_command(image):
    return getattr('abc', 'upper')(), getattr('a', 'nope', 'default')
