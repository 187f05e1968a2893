def execute_command(image):
    out = []
    n = 3
    while n:
        n -= 1
        if n == 1:
            continue
        out.append(n)
    else:
        out.append('done')
    while True:
        n += 1
        if n > 4:
            break
    else:
        out.append('never')
    return out, n
