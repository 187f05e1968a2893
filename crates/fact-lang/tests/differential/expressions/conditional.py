def execute_command(image):
    x = 5
    log = []
    def f(v):
        log.append(v)
        return v
    return 'big' if x > 3 else 'small', f(1) if [] else f(2), log, 1 if 0 else 2 if 0 else 3, [1] if x else [2]
