def execute_command(image):
    name = 'cup'
    n = 3
    return f'{name}', f'{name!r}', f'{name!s:>5}', f'{n:03d}', f'{n}{name}', f'{{}}', f'{{{n}}}', f'', f'{n + 1} {name.upper()}', f'{"a" if n else "b"}', f'{[1, "a"]}', f'{ {"k": 1}["k"] }', f'{n!r:>4}', f'{name!a}', f'{"é"!a}', f'a' f'{n}' 'b', f'{None} {True} {1.0}', f'{lambda_ if False else 5}' if False else 0
