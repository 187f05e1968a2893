def execute_command(image):
    def f():
        return 1
    def g():
        def f():
            return 2
        return f()
    return f(), g(), f()
