def execute_command(image):
    return 'abc'.translate({97: 'x', 98: None, 99: 100}), 'hello'.translate(str.maketrans('el', 'ip')), str.maketrans('a', 'b'), 'abc'.translate(str.maketrans('', '', 'b'))
