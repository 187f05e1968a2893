def execute_command(image):
    return 'a\tb'.expandtabs(), 'a\tb'.expandtabs(4), 'ab\tc\n\td'.expandtabs(3), 'abc'.translate({97: 'x', 98: None, 99: 100}), 'hello'.translate(str.maketrans('el', 'ip')), str.maketrans('a', 'b'), 'abc'.translate(str.maketrans('', '', 'b'))
