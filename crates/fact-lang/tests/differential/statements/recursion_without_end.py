def execute_command(image):
    def f(n):
        return f(n + 1)
    try:
        f(0)
    except RecursionError:
        return 'deep'
