def execute_command(image):
    import itertools
    return list(itertools.chain([1], 'ab')), list(itertools.islice(range(10), 3)), list(itertools.islice('abcdef', 1, 5, 2)), list(itertools.zip_longest([1, 2], 'a', fillvalue='-')), list(itertools.repeat('x', 2)), list(itertools.accumulate([1, 2, 3])), list(itertools.takewhile(lambda x: x < 3, [1, 2, 5, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 2, 5, 1])), list(itertools.starmap(pow, [(2, 3), (3, 2)])), list(itertools.filterfalse(None, [0, 1])), list(itertools.pairwise([1, 2, 3])), list(itertools.compress('abc', [1, 0, 1]))
