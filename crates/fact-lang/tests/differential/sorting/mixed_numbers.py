def execute_command(image):
    return sorted([3, 1.5, True, -2, 2 ** 70, 1e30, False]), sorted([0.0, -0.0, 0]), sorted([1, True, 1.0], reverse=True), sorted([float('inf'), -float('inf'), 0])
