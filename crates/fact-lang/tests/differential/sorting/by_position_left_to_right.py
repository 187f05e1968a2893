def execute_command(image):
    objects = [{'name': 'cup', 'x': 5.5}, {'name': 'plate', 'x': 1.0}, {'name': 'fork', 'x': 5.5}]
    objects.sort(key=lambda o: o['x'])
    return [o['name'] for o in objects], [o['name'] for o in sorted(objects, key=lambda o: o['x'], reverse=True)], sorted(objects, key=lambda o: o['name'])[0]['x']
