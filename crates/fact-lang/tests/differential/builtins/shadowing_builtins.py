def execute_command(image):
    def f(list, max):
        return list, max
    len = 5
    str = 'x'
    return f(1, 2), len, str
