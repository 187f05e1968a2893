def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: f'{1:q}', lambda: f'{"a":d}', lambda: f'{1.5:d}', lambda: f'{[1]:>5}', lambda: f'{None:5}', lambda: f'{undefined}', lambda: f'{"a":+}', lambda: f'{1:.2}', lambda: f'{"a":,}', lambda: f'{1:<<<}', lambda: f'{(1,):d}', lambda: f'{1.5:x}', lambda: f'{"a":=5}', lambda: f'{1 / 0}', lambda: f'{5:{"a"}}', lambda: f'{True:s}', lambda: f'{1.0:5.}', lambda: f'{1:,_}', lambda: f'{len:5}', lambda: f'{1:s}']]
