def execute_command(image):
    xs = list('abcde')
    bad = []
    for start in range(-7, 8):
        for stop in range(-7, 8):
            for step in [-2, -1, 1, 3]:
                if ''.join(xs[start:stop:step]) != 'abcde'[start:stop:step] or tuple(xs)[start:stop:step] != tuple(xs[start:stop:step]):
                    bad.append((start, stop, step))
                if list(range(5))[start:stop:step] != list(range(5)[start:stop:step]):
                    bad.append((start, stop, step))
    return bad
