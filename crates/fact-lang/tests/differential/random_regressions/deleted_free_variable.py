def execute_command(image):
    value = 1

    def drop():
        nonlocal value
        del value

    drop()
    try:
        drop()
    except NameError as error:
        print(type(error).__name__, error)
    return 0
