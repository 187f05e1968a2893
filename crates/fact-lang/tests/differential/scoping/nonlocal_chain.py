def execute_command(image):
    def a():
        v = 1
        def b():
            nonlocal v
            v += 1
            def c():
                nonlocal v
                v *= 10
            c()
        b()
        return v
    return a()
