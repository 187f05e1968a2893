def execute_command(image):
    inf = float('inf')
    return inf, -inf, inf - inf, inf * 0, inf > 10 ** 308, inf == inf, 1 / inf, -1 / inf, inf // 1, inf % 2, 5 % inf, -5 % inf, min(inf, 1), str(-inf), inf + 1
