def execute_command(image):
    xs = [float('inf'), float('-inf'), float('nan')]
    return [format(x, s) for x in xs for s in ['', '.2f', '10', '010', 'e', '%', 'F', '+', ',', '<8', 'g', '=8']]
