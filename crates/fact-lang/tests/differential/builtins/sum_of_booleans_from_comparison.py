def execute_command(image):
    areas = [5, 10, 15]
    return sum(a > 7 for a in areas), sum([a == 5 for a in areas]), sum(1 for a in areas if a != 10)
