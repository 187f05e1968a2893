def execute_command(image):
    log = []
    def f():
        try:
            raise ValueError('boom')
        finally:
            log.append('cleanup')
    try:
        f()
    except ValueError:
        log.append('caught')
    return log
