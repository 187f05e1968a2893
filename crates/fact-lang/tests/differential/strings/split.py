def execute_command(image):
    return 'a b  c'.split(), 'a,b,,c'.split(','), 'a b c d'.split(' ', 2), '  a  '.split(), ''.split(), ''.split(','), 'abc'.split('b'), 'aXXbXXc'.split('XX', 1), 'a b c'.split(maxsplit=1), 'a-b-c'.split(sep='-'), 'a\tb\nc\u00a0d'.split(), 'a b c'.split(None, 1), 'abc'.split('abc'), 'aaa'.split('aa')
