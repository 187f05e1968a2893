def execute_command(image):
    def make():
        n = 0
        def inc():
            nonlocal n
            n += 1
            return n
        def get():
            return n
        return inc, get
    i1, g1 = make()
    i2, g2 = make()
    i1()
    i1()
    i2()
    return g1(), g2()
