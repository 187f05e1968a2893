def execute_command(image):
    return int(), int(3.9), int(-3.9), int('42'), int(' -7\n'), int('1_000'), int('ff', 16), int('0xff', 16), int('0b11', 0), int('z', 36), int(True), int('+5'), int(1e20), int('11', base=2), int('٣')
