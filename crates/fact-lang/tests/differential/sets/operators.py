def execute_command(image):
    a = {1, 2, 3}
    b = {3, 4}
    c = set(a)
    c |= b
    d = set(a)
    d &= b
    e = set(a)
    e -= b
    f = set(a)
    f ^= b
    return sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b), sorted(c), sorted(d), sorted(e), sorted(f), a < {1, 2, 3, 4}, a <= a, a > {1}, a >= a, a == {3, 2, 1}, 2 in a, len(a), a < b, a > b
