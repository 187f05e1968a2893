def execute_command(image):
    a = [1, 2]
    b = a
    b.append(3)
    c = a[:]
    c.append(4)
    def grow(xs):
        xs.append('grown')
        xs = []
        xs.append('lost')
    grow(a)
    return a, b, c, a is b
