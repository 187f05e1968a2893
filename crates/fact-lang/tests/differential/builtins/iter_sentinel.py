def execute_command(image):
    xs = [3, 2, 1, 0, 5]
    return list(iter(lambda: xs.pop(0), 0)), xs
