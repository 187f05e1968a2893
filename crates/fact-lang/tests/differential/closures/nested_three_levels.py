def execute_command(image):
    def a(x):
        def b(y):
            def c(z):
                return x + y + z
            x_copy = x
            return c
        return b
    return a(1)(2)(3)
