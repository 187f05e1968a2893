def execute_command(image):
    def f(a: int, b: 'str' = 'x', *, c: float = 1.0) -> List[str]:
        return [a, b, c]
    return f(1), f(1, c=2)
