def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    m = map(f, [1, 2, 3])
    first = next(m)
    before = list(log)
    return first, before, list(m), list(m), log
