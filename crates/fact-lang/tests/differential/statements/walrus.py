def execute_command(image):
    out = []
    if (n := len('hello')) > 3:
        out.append(n)
    while (x := len(out)) < 4:
        out.append(x)
    ys = [y := 5, y ** 2]
    evens = [half for v in range(6) if (half := v / 2) == int(half)]
    return out, ys, evens, half
