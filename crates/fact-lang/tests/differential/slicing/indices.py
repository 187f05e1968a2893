def execute_command(image):
    out = []
    for start in [None, -9, -2, 0, 2, 9]:
        for stop in [None, -9, -2, 0, 2, 9]:
            for step in [None, -3, -1, 1, 2]:
                out.append('abcde'[start:stop:step])
    return ','.join(out)
