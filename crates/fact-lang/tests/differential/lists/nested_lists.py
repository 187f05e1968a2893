def execute_command(image):
    grid = [[0] * 3 for _ in range(2)]
    grid[0][1] = 5
    shallow = list(grid)
    shallow[1].append(9)
    return grid, shallow, [row[0] for row in grid], sum(grid, []), [list(r) for r in zip([1, 2], [3, 4])]
