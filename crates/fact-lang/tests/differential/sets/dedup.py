def execute_command(image):
    names = ['cup', 'plate', 'cup']
    return len(set(names)), len(names) != len(set(names)), sorted(set(names)), set('a'), {x % 2 == 0 for x in [2, 4]}
