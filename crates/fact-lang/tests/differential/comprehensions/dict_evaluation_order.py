def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    d = {f('k%d' % i): f('v%d' % i) for i in range(2)}
    return d, log
