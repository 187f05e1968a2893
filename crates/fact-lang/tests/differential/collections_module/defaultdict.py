def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    from collections import defaultdict
    d = defaultdict(list)
    d['a'].append(1)
    d['b'].extend([2, 3])
    n = defaultdict(int)
    for c in 'hello':
        n[c] += 1
    m = defaultdict(lambda: 'none')
    s = defaultdict(set)
    s['x'].add(1)
    return dict(d), dict(n), m['z'], len(m), d.get('q'), 'q' in d, attempt(lambda: defaultdict()['x']), dict(s), sorted(n.items()), isinstance(d, dict), attempt(lambda: defaultdict(5)), defaultdict(int, {'a': 1})['a'], d == {'a': [1], 'b': [2, 3]}, list(d)
