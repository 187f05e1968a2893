def execute_command(image):
    scores = [0.3, 0.9, 0.5]
    boxes = sorted(range(len(scores)), key=lambda i: scores[i], reverse=True)[:2]
    return boxes, scores[-1:], scores[:1], scores[1:1], scores[5:]
