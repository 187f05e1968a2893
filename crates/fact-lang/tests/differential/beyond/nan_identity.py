def execute_command(image):
    nan = float('nan')
    return [nan] == [float('nan')], nan in [nan], nan in [float('nan')]
