def execute_command(image):
    xs = ['a', 'b']
    d = {'k': 'v'}
    return f'{", ".join(xs)}', f'{d["k"]}', f'{f"{xs[0]}"}', f'{len(xs)} of {max(2, 3)}', f'{(lambda v: v * 2)(3)}', f'{[v for v in xs]}', f'{xs[0]:>{len(xs) + 1}}', f'{"{"}', f'''{xs[0]
    }'''
