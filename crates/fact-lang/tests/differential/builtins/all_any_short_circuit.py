def execute_command(image):
    log = []
    def f(x):
        log.append(x)
        return x
    return any(f(x) for x in [0, 1, 2]), all(f(x) for x in [1, 0, 5]), log
