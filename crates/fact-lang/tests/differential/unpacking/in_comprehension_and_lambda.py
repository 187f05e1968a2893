def execute_command(image):
    pairs = [(1, 'a'), (2, 'b')]
    return [n for n, _ in pairs], {c: n for n, c in pairs}, sorted(pairs, key=lambda p: -p[0]), [(a, b) for a, *b in ['xyz']], [x + y for (x, y) in zip([1], [2])]
