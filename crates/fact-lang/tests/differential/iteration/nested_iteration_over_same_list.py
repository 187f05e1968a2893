def execute_command(image):
    xs = [1, 2]
    return [(a, b) for a in xs for b in xs], [a for a in xs if a in xs], [[y for y in xs] for x in xs]
