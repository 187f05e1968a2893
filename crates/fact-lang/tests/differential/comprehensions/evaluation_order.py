def execute_command(image):
    log = []
    def f(tag, value):
        log.append(tag)
        return value
    r = [f('e', x) for x in f('i', [1, 2]) if f('c', True)]
    return r, log
