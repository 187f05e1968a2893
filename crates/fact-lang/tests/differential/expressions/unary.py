def execute_command(image):
    return -5, +5, -True, +True, -0.0, - -3, not 0, not [], not 'a', -(2 ** 63), +1.5, not not 5
