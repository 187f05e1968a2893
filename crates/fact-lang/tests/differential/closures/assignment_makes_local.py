def execute_command(image):
    x = 1
    def f():
        try:
            y = x
        except UnboundLocalError as e:
            return str(e)
        x = 2
    return f()
