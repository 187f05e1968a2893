def execute_command(image):
    d = {'k': [1]}
    return str(d.keys()), str(d.values()), str(d.items()), repr({}.keys()), repr({}.items())
