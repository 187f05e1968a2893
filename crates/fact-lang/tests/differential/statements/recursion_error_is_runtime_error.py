def execute_command(image):
    def f(n):
        return 1 + f(n)
    try:
        f(0)
    except RuntimeError as e:
        return isinstance(e, RecursionError)
