def execute_command(image):
    boxes = [(0, 2), (1, 3), (5, 6)]
    overlapping = [(a, b) for a, b in itertools.combinations(boxes, 2) if a[0] < b[1] and b[0] < a[1]]
    return overlapping, any(a[1] > b[0] for a, b in itertools.combinations(boxes, 2))
