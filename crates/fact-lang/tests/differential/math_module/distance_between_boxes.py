def execute_command(image):
    import math
    a = (0, 0, 4, 4)
    b = (6, 8, 10, 12)
    def center(box):
        return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    (ax, ay), (bx, by) = center(a), center(b)
    d = math.sqrt((ax - bx) ** 2 + (ay - by) ** 2)
    return d, math.hypot(ax - bx, ay - by), math.dist(center(a), center(b)), d < 10.1, math.degrees(math.atan2(by - ay, bx - ax))
