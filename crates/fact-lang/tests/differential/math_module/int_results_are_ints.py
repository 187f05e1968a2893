def execute_command(image):
    import math
    return [type(v) for v in [math.floor(2.5), math.ceil(2), math.sqrt(4), math.trunc(1.5), math.pow(2, 2), math.gcd(4, 2), math.prod([1.0, 2]), math.prod([2, 3]), math.fabs(1)]], math.floor(1e20), math.ceil(10 ** 30), math.floor(True), math.prod([]), math.gcd(), math.prod([2], start=5)
