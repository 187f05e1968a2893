def execute_command(image):
    return [format(t, s) for t in ['', 'cup', 'héé'] for s in ['', 's', '5', '<5', '>5', '^6', '*^7', '.2', '6.2', '05', 'é>5', '.0', '<', '1']]
