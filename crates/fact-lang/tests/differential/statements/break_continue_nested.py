def execute_command(image):
    out = []
    for i in range(4):
        for j in range(4):
            if j == i:
                continue
            if j > 2:
                break
            out.append((i, j))
        if i == 2:
            break
    return out
