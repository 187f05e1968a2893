def execute_command(image):
    return True in [1], 0 in [False], '1' in [1], None in [0, False], [1] in [[1], 2], () in [()]
