def execute_command(image):
    return sorted({x % 3 for x in range(10)}), {1 for _ in range(5)}, sorted({c for c in 'hello' if c != 'l'}), len({(x, y) for x in 'ab' for y in 'ab'})
