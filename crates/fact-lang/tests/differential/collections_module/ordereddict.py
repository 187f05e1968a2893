def execute_command(image):
    from collections import OrderedDict
    d = OrderedDict()
    d['b'] = 1
    d['a'] = 2
    d.move_to_end('b')
    e = OrderedDict([('x', 1), ('y', 2)])
    return list(d), d == {'a': 2, 'b': 1}, e.popitem(), list(d.items()), dict(d), repr(OrderedDict([('k', 1)])), OrderedDict(a=1) == OrderedDict(a=1), isinstance(d, dict)
