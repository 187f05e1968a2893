def execute_command(image):
    def outer(a, b=2):
        def inner(c, d=a + b):
            return a, b, c, d
        a = 100
        return inner
    return outer(1)(5), outer(1, 5)(5, 6)
