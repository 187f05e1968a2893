def execute_command(image):
    log = []
    def key(x):
        log.append(x)
        return -x
    ys = sorted([2, 3, 1], key=key)
    return ys, log
