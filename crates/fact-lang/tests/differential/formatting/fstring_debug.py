def execute_command(image):
    x = 5
    s = 'a'
    return f'{x=}', f'{s=}', f'{x = }', f'{s=!s}', f'{x=:>4}', f'{x + 1=}', f'{s = !r:>6}', f'{ x=}'
