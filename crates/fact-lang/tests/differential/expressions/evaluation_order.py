def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    r = f(1) + f(2) * f(3)
    d = {f('k1'): f('v1'), f('k2'): f('v2')}
    [f(10), f(11)][f(0)]
    f(20) < f(21)
    def g(*args, **kwargs):
        return len(args)
    g(f(30), *[f(31)], a=f(32), **{'b': f(33)})
    return r, log
