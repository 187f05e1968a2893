def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def iou(a, b):
        left, top = max(a[0], b[0]), max(a[1], b[1])
        right, bottom = min(a[2], b[2]), min(a[3], b[3])
        inter = max(0, right - left) * max(0, bottom - top)
        area = lambda r: (r[2] - r[0]) * (r[3] - r[1])
        return inter / (area(a) + area(b) - inter)
    return iou((0, 0, 2, 2), (1, 1, 3, 3)), iou((0, 0, 1, 1), (2, 2, 3, 3)), iou((0, 0, 2, 2), (0, 0, 2, 2)), attempt(lambda: iou((0, 0, 0, 0), (0, 0, 0, 0)))
