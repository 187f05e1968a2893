def execute_command(image):
    def f(x):
        if x:
            return
        return 1
    def g():
        5
    return f(1), f(0), g()
