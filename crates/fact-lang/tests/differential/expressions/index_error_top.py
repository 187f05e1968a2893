def execute_command(image):
    boxes = []
    return boxes[0]
