def execute_command(image):
    t = ([1],)
    try:
        t[0] += [2]
    except TypeError as e:
        return str(e), t
