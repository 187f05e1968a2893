def execute_command(image):
    return float(), float(3), float('2.5'), float(' -1e3 '), float('inf'), float('-Infinity'), float('nan'), float(True), float('1_0.5'), float('.5'), float('5.'), float(10 ** 20), float('1e400')
