def execute_command(image):
    def f(*args, **kwargs):
        return args, kwargs
    xs = [1, 2]
    return f(*xs), f(0, *xs, 3, *'ab'), f(**{'a': 1}, **{'b': 2}), f(*{'k': 1}), f(*(x for x in xs)), max(*xs), f(*range(2), x=1)
