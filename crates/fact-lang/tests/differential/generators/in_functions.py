def execute_command(image):
    return sum(x for x in range(4)), max((x, -x) for x in [1, 3]), ', '.join(str(x) for x in [1, 2]), dict((k, 1) for k in 'ab'), sorted(x for x in [2, 1]), set(x for x in [1]), tuple(x for x in 'a'), any(x > 1 for x in [1, 2]), list(enumerate(c for c in 'ab')), list(zip((x for x in [1]), 'a'))
