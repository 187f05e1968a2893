def execute_command(image):
    return len({1, 1.0, True, 0, False, 0.0, '1', None}), len({(1, 2), (1.0, 2.0)}), len({float('inf'), float('-inf'), float('inf')}), {'a': 1, 'a': 2}
