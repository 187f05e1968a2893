def execute_command(image):
    def f(x):
        try:
            return 10 / x
        except:
            return 'failed'
    return f(2), f(0), f('a'), f(None)
