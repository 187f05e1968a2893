def execute_command(image):
    boxes = [(3, 'x', 1.5), (1, 'y', 0.5), (3, 'a', 0.5), (1, 'b', 1.5)]
    return sorted(boxes), sorted(boxes, key=lambda b: (b[2], -b[0])), sorted(boxes, key=lambda b: (-b[0], b[1])), max(boxes, key=lambda b: (b[0], b[2])), min(boxes, key=lambda b: b[2])
