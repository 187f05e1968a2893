def execute_command(image):
    boxes = [('cup', 40.5, 10), ('plate', 12.0, 30), ('fork', 80, 2)]
    boxes.sort(key=lambda b: b[1])
    left = boxes[0]
    right = max(boxes, key=lambda b: b[1])
    return f'The {left[0]} is left of the {right[0]}', right[1] - left[1]
