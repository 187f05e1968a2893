def execute_command(image):
    def f(a, *args, b=1, **kwargs):
        return a, args, b, kwargs
    return f(1), f(1, 2, 3, b=4, c=5), f(*[1, 2], **{'b': 3, 'd': 4})
