def execute_command(image):
    m = [[1, 2, 3], [4, 5, 6]]
    return [x for row in m for x in row if x % 2 == 0], [[row[i] for row in m] for i in range(3)], [(x, y) for x in range(3) for y in range(x)], [y for x in [1, 2] if x > 1 for y in [x, x * 2] if y > 2]
