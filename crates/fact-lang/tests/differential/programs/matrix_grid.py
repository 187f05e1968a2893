def execute_command(image):
    grid = ['#.#', '..#', '###']
    count = 0
    for y, row in enumerate(grid):
        for x, c in enumerate(row):
            if c == '#':
                count += 1
    neighbours = {(x, y): sum(1 for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx or dy) and 0 <= y + dy < 3 and 0 <= x + dx < 3 and grid[y + dy][x + dx] == '#') for y in range(3) for x in range(3)}
    return count, neighbours[(1, 1)], max(neighbours.items(), key=lambda kv: kv[1]), [''.join(col) for col in zip(*grid)]
