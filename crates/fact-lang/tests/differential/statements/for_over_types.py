def execute_command(image):
    out = []
    for x in 'añ':
        out.append(x)
    for x in {'k': 1, 'l': 2}:
        out.append(x)
    for x in (1, 2):
        out.append(x)
    for x in range(5, 0, -2):
        out.append(x)
    for x in enumerate('ab', 5):
        out.append(x)
    for x in zip([1, 2], 'ab'):
        out.append(x)
    for x in {'a': 1}.items():
        out.append(x)
    for x in reversed([1, 2]):
        out.append(x)
    return out
