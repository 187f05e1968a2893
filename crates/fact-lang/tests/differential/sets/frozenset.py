def execute_command(image):
    f = frozenset([1, 2])
    d = {f: 'x'}
    return d[frozenset([2, 1])], sorted(f | {3}), f == {1, 2}, len(f), 1 in f, {frozenset([1])} == {frozenset([1])}, frozenset(), sorted(f - {1}), type(f | {3}) == frozenset, type({3} | f) == set
