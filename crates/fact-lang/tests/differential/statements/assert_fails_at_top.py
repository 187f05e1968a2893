def execute_command(image):
    assert len([]) > 0, 'no objects'
    return 1
