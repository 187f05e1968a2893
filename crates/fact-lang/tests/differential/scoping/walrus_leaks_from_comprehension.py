def execute_command(image):
    r = [last := v for v in [1, 2, 3]]
    any((hit := v) > 1 for v in [1, 2, 3])
    return r, last, hit
