def execute_command(image):
    def f(x, acc=[]):
        acc.append(x)
        return acc
    f(1)
    f(2)
    return f(3), f(4, [])
