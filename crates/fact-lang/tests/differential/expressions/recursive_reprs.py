def execute_command(image):
    a = [1]
    a.append(a)
    d = {}
    d['self'] = d
    return repr(a), repr(d)
