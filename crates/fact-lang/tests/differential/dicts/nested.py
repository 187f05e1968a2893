def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    d = {'cup': {'color': 'red', 'boxes': [1, 2]}}
    d['cup']['boxes'].append(3)
    d['cup']['size'] = {'w': 1}
    d['cup']['size']['w'] += 1
    return d, d['cup']['size']['w'], attempt(lambda: d['cup']['nope']), attempt(lambda: d['plate']['color']), attempt(lambda: d['cup']['color']['x'])
