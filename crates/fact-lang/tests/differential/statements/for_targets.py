def execute_command(image):
    out = []
    for a, (b, c) in [(1, (2, 3)), [4, [5, 6]]]:
        out.append(a + b + c)
    for first, *rest in ['abc', [1], (2, 3)]:
        out.append((first, rest))
    d = {}
    for d['k'] in range(3):
        out.append(d['k'])
    xs = [0]
    for xs[0] in 'ab':
        out.append(xs[:])
    return out
