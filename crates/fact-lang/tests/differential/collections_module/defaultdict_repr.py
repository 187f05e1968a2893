def execute_command(image):
    from collections import defaultdict
    d = defaultdict(list)
    d['k'].append(1)
    return repr(d), str(defaultdict(int)), d.copy(), defaultdict(None, {'a': 1}), type(d)
