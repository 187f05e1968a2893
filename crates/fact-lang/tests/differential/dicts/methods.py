def execute_command(image):
    d = {'a': 1, 'b': 2}
    return list(d.keys()), list(d.values()), list(d.items()), d.get('a'), d.get('z'), d.get('z', 0), d.pop('b'), d.pop('z', None), d.setdefault('c', []), d.setdefault('a', 9), d, d.copy() == d, len(d)
