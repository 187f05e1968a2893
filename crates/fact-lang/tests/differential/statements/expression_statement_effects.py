def execute_command(image):
    xs = []
    xs.append(1)
    [xs.append(i) for i in range(2)]
    xs.sort(reverse=True)
    'just a string'
    return xs
