def execute_command(image):
    return sum([]), sum([1, 2, 3]), sum([0.1] * 10), sum([1, 2.5]), sum([[1], [2]], []), sum([1], 10), sum((x for x in [1, 2]), start=5), sum([True, True, False]), sum(range(5)), sum([(1,), (2,)], ()), sum([10 ** 20, 1]), sum({1: 'a', 2: 'b'}), sum([0.1, 0.2, 0.3]), sum([1e100, 1.0, -1e100]), sum([9223372036854775807, 1])
