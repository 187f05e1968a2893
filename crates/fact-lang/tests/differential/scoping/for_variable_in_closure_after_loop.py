def execute_command(image):
    def f():
        return k
    for k in range(3):
        pass
    return f()
