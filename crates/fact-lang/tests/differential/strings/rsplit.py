def execute_command(image):
    return 'a b c'.rsplit(), 'a b c'.rsplit(None, 1), 'a,b,c'.rsplit(',', 1), ' a b '.rsplit(' ', 1), 'abc'.rsplit('x'), 'a b c '.rsplit(maxsplit=1), 'a--b--c'.rsplit('--', 1)
