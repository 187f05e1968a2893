def execute_command(image):
    return list(itertools.chain.from_iterable([[1], [2, 3]]))
