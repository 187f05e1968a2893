def execute_command(image):
    log = []
    def key():
        log.append('key')
        return 0
    xs = [5]
    xs[key()] += 1
    return xs, log
