def execute_command(image):
    d = {'a': 1}
    d.update({'b': 2})
    d.update([('c', 3)])
    d.update(e=5)
    d.update({'a': 9}, f=6)
    d.update({})
    d.update(zip('xy', [1, 2]))
    r = d.update()
    return d, r
