def execute_command(image):
    xs = [(i * 7919 % 13, i) for i in range(200)]
    ys = sorted(xs, key=lambda p: p[0])
    return all(a[0] < b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(ys, ys[1:])), ys[:5], ys[-3:], sorted(xs) == ys, sorted(range(100), key=lambda i: -i)[:3]
