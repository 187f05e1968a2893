def execute_command(image):
    d = {'a': 1, 'b': 2}
    for k in d:
        d[k] += 1
    for k in list(d):
        if d[k] == 2:
            del d[k]
    return d
