def execute_command(image):
    text = ('The cup '
            'is '
            f'{"red"}'
            ' and ' 'round')
    long = """first
    second"""
    return text, long, text.count(' '), long.split('\n')
