def execute_command(image):
    def adder(n):
        return lambda x: x + n
    fs = [adder(i) for i in range(3)]
    return [f(10) for f in fs]
