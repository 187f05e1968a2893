def execute_command(image):
    return 0x1F, 0b101, 0o17, 1_000_000, 1e3, .5, 5., 1_0.5e-1_0, 'a' "b", '''x
    y''', r'\n', '\x41\u00e9\U0001F600\t\\\'', "it's", True, None, 00, 'a\
    b', '\101\0'
