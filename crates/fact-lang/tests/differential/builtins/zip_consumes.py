def execute_command(image):
    a = iter([1, 2, 3])
    b = iter(['x'])
    out = list(zip(a, b))
    return out, list(a)
