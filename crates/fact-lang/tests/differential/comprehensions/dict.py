def execute_command(image):
    return {k: v for k, v in [('a', 1), ('b', 2)]}, {x: x ** 2 for x in range(3)}, {i: c for i, c in enumerate('ab') if i}, {x % 2: x for x in range(5)}, {(a, b): a + b for a in [1] for b in [2, 3]}
