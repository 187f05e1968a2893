def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    import math
    return [attempt(x) for x in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.log(-1), lambda: math.sqrt('a'), lambda: math.floor('a'), lambda: math.factorial(-1), lambda: math.factorial(2.5), lambda: math.acos(2), lambda: math.ceil(float('nan')), lambda: math.floor(float('inf')), lambda: math.exp(1000), lambda: math.pow(0, -1), lambda: math.nope(1), lambda: math.sqrt(), lambda: math.sqrt(1, 2), lambda: math.gcd(1.5, 2), lambda: math.fmod(1, 0), lambda: math.dist([1], [1, 2]), lambda: math.isnan('a'), lambda: math.atan2(1), lambda: math.log(1, 0), lambda: math.comb(-1, 2), lambda: math.isqrt(-1), lambda: math.hypot('a')]]
