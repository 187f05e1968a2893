def execute_command(image):
    totals = {'a': 1, 'b': 2}
    for name, value in totals.items():
        totals[name] = value * 10
    return totals
