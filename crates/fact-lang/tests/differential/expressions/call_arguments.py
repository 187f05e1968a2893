def execute_command(image):
    def f(a, b, c=3, *, d=4):
        return a, b, c, d
    return f(1, 2), f(1, b=2), f(b=1, a=2), f(1, 2, 5, d=6), f(*(1, 2, 3)), f(*[1], **{'b': 2, 'd': 9}), f(1, *[2], c=0)
