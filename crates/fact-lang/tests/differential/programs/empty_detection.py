def execute_command(image):
    detections = []
    if len(detections) == 0:
        result = 'no'
    else:
        result = detections[0]
    nearest = min(detections, key=lambda d: d['depth']) if detections else None
    return result, nearest, [d for d in detections], sum(detections), sorted(detections)
