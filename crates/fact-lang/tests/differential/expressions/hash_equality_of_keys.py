def execute_command(image):
    d = {1: 'int'}
    d[1.0] = 'float'
    d[True] = 'bool'
    d['1'] = 'str'
    d[(1,)] = 'tuple'
    d[None] = 'none'
    return d, len(d), {0: 1, False: 2}, {2 ** 70: 1}[2 ** 70], {0.5: 1}[0.5]
