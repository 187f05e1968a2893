def execute_command(image):
    return math.ceil(1.2), re.sub('a', 'b', 'cat'), collections.Counter('aa').most_common(1), list(itertools.repeat(1, 2)), functools.reduce(lambda a, b: a + b, [1, 2]), string.digits
