def execute_command(image):
    return 1 in [1, 2], 3 not in [1, 2], 'a' in 'cat', 'at' in 'cat', '' in 'cat', 'k' in {'k': 1}, 1 in {'k': 1}, 2 in {1, 2}, 2 in range(0, 10, 2), 3 in range(0, 10, 2), 1.0 in [1], (1, 2) in [(1, 2)], None in [None], 'x' in ('x', 'y'), 2.0 in range(5), 'a' in {'a': 1}.keys(), 1 in {'a': 1}.values(), ('a', 1) in {'a': 1}.items(), 'a' in iter('abc')
