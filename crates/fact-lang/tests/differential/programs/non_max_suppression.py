def execute_command(image):
    boxes = [(0, 10, 0.9), (1, 11, 0.8), (20, 30, 0.7)]
    kept = []
    rest = sorted(boxes, key=lambda b: -b[2])
    while rest:
        best = rest.pop(0)
        kept.append(best)
        rest = [b for b in rest if min(b[1], best[1]) - max(b[0], best[0]) <= 5]
    return kept
