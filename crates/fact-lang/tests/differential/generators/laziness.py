def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    g = (f(x) for x in [1, 2, 3])
    before = list(log)
    a = next(g)
    middle = list(log)
    rest = list(g)
    return before, a, middle, rest, log, list(g), next(g, 'done')
