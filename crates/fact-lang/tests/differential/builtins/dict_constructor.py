def execute_command(image):
    return dict(), dict(a=1, b=2), dict([('a', 1), (2, 'b')]), dict({'x': 1}), dict({'x': 1}, y=2), dict(zip('ab', [1, 2])), dict([[1, 2]]), dict(['ab', 'cd']), dict(x for x in [(1, 2)])
