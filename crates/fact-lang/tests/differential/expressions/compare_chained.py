def execute_command(image):
    x = 5
    log = []
    def f(v):
        log.append(v)
        return v
    return 1 < x < 10, 1 < x > 3, 1 < x < 3, 5 == x == 5.0, f(1) < f(0) < f(2), log, 1 < 2 < 3 < 4, 'a' < 'b' <= 'b' != 'c'
