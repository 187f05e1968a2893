def execute_command(image):
    xs = [0.0, -0.0, 1.5, -2.25, 1234.5678, 1e-5, 1e20, 0.1 + 0.2, 99.995]
    specs = ['', '.0f', '.2f', 'e', '.1e', 'g', '.3g', '%', '.1%', ',.2f', '+.1f', '010.3f', '#.0f', '#g', 'n', '.3', 'z.0f', ' .1f', 'E', 'G', '_.1f']
    return [format(x, s) for x in xs for s in specs]
