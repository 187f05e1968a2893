import math


def execute_command(image):
    return pow(2, 3, None), math.fsum([-0.0, -0.0]), math.log(10**400), math.comb(10**20, 2)
