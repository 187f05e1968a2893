def execute_command(image):
    boxes = []
    return sum(boxes) / len(boxes)
