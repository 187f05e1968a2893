def execute_command(image):
    import math
    return [round(v, 12) for v in [math.sin(1), math.cos(1), math.tan(1), math.asin(0.5), math.acos(0.5), math.atan(2), math.atan2(-1, -2), math.exp(1.5), math.log(10), math.sinh(1), math.cosh(1), math.tanh(1), math.hypot(1, 2, 3), math.log1p(0.5), math.expm1(0.5)]]
