def execute_command(image):
    from collections import Counter
    c = Counter('banana')
    d = Counter({'a': 1, 'b': 2})
    e = Counter(x=3, y=0)
    c.update('nab')
    c['z'] += 5
    return c['a'], c['q'], c.most_common(2), c.most_common(), d + Counter('ab'), d - Counter('b'), sorted(c), len(c), sorted(e.elements()), dict(c), sum(c.values()), c.most_common(0), 'q' in c, list(Counter([1, 1, 2]).items()), Counter('ab') == Counter('ba'), c.total()
