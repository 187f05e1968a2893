def execute_command(image):
    d = {'a': 1, 'b': 2}
    ks = d.keys()
    vs = d.values()
    it = d.items()
    d['c'] = 3
    return ks, vs, it, len(ks), 'c' in ks, 3 in vs, ('c', 3) in it, list(ks), sorted(vs), sorted({'a', 'z'} & d.keys()), sorted(d.keys() | {'q'}), d.keys() == {'a', 'b', 'c'}, sorted(d.keys() - {'a'})
