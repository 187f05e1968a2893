def execute_command(image):
    def f():
        return next(iter([]))
    try:
        f()
    except StopIteration as e:
        return str(e), repr(e), e.args
