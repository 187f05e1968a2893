def execute_command(image):
    out = []
    for i in range(3):
        if i == 5:
            break
    else:
        out.append('no break')
    for i in range(3):
        if i == 1:
            break
    else:
        out.append('never')
    for i in []:
        pass
    else:
        out.append('empty')
    return out, i
