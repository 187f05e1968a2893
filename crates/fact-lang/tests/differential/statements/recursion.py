def execute_command(image):
    def fact(n):
        return 1 if n <= 1 else n * fact(n - 1)
    def fib(n):
        if n < 2:
            return n
        return fib(n - 1) + fib(n - 2)
    def flatten(x):
        if isinstance(x, list):
            return [z for y in x for z in flatten(y)]
        return [x]
    return fact(20), fact(25), fib(12), flatten([1, [2, [3, [4]], 5]])
