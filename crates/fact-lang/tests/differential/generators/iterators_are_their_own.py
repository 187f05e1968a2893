def execute_command(image):
    g = (x for x in [1, 2])
    return iter(g) is g, [x for x in g], [x for x in g], bool(g for g in [])
