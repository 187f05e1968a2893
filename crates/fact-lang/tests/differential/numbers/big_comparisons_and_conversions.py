def execute_command(image):
    n = 10 ** 20
    return n == 1e20, n + 1 == 1e20, n < float('inf'), float(n), int(float(n)), str(n), n % 97, divmod(n, 7), n // 10 ** 19, n / 10 ** 19, -n // 3, n * 0.5, min(n, 1.5), sorted([n, 1, 2.5]), n in [1e20], {n: 1}[10 ** 20], sum([n, n]), bool(n), n & 255, n ^ n
