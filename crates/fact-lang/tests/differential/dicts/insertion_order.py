def execute_command(image):
    d = {}
    for k in 'cab':
        d[k] = k
    d['c'] = 'updated'
    del d['a']
    d['a'] = 'again'
    return d, list(d), list(reversed(d)), d.popitem(), d
