def execute_command(image):
    try:
        print("seen", 2 ** 20000, "unseen")
    except ValueError as error:
        print(error)
    return 0
