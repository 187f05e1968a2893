def execute_command(image):
    import itertools
    return list(itertools.accumulate([3, 1, 4], max)), list(itertools.accumulate([1, 2], initial=10)), list(itertools.accumulate('abc', lambda x, y: y + x)), list(itertools.accumulate([]))
