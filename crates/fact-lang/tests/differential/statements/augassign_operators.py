def execute_command(image):
    a = 7
    out = []
    a += 3
    out.append(a)
    a -= 1
    out.append(a)
    a *= 2
    out.append(a)
    a //= 4
    out.append(a)
    a **= 3
    out.append(a)
    a %= 10
    out.append(a)
    a /= 4
    out.append(a)
    b = 6
    b &= 3
    out.append(b)
    b |= 8
    out.append(b)
    b ^= 3
    out.append(b)
    b <<= 2
    out.append(b)
    b >>= 1
    out.append(b)
    return out
