def execute_command(image):
    add = lambda a, b=10: a + b
    zero = lambda: 0
    many = lambda *a, **k: (a, k)
    nested = lambda x: lambda y: x * y
    return add(1), add(1, 2), zero(), many(1, z=2), nested(3)(4), (lambda: 5)(), sorted([3, 1], key=lambda v: -v)
