def execute_command(image):
    return [x for x in range(3)], [x * y for x in [1, 2] for y in [10, 20]], [x for x in range(10) if x % 2 if x > 3], [[j for j in range(i)] for i in range(3)], [x if x > 1 else -x for x in range(3)], [(i, c) for i, c in enumerate('ab')], [len(w) for w in ['a', 'bb']]
