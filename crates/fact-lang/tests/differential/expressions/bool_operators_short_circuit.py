def execute_command(image):
    log = []
    def f(x, name):
        log.append(name)
        return x
    r = f(0, 'a') and f(1, 'b') or f(2, 'c') and f(3, 'd')
    s = f(1, 'e') or f(0, 'f')
    return r, s, log
