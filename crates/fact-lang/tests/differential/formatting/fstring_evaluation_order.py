def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    s = f'{f("a")} {f("b"):>{f(4)}} {f("c")}'
    return s, log
