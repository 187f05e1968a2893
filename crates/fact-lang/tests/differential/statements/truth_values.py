def execute_command(image):
    out = []
    for x in [0, 1, 0.0, -0.0, 0.1, '', 'a', [], [0], (), (0,), {}, {0: 0}, set(), {0}, None, True, False, range(0), range(1), len]:
        if x:
            out.append(1)
        else:
            out.append(0)
    return out
