def execute_command(image):
    d = collections.OrderedDict(a=1, b=2)
    return d.popitem(last=False), list(d)
