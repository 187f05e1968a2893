def execute_command(image):
    log = []
    def f(i):
        log.append(i)
        return 0
    xs = [9]
    xs[f(1)] = xs[f(2)] = 5
    i = 0
    i, xs[i] = 0, 7
    return log, xs, i
