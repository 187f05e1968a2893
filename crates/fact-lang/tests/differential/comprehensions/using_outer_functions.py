def execute_command(image):
    def area(b):
        return b[0] * b[1]
    boxes = [(2, 3), (1, 1)]
    return [area(b) for b in boxes], max(boxes, key=area), [b for b in boxes if area(b) > 1][0], sorted([area(b) for b in boxes])
