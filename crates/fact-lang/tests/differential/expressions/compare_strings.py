def execute_command(image):
    return 'a' < 'b', 'abc' < 'abd', 'ab' < 'abc', 'Z' < 'a', 'é' > 'z', '' < 'a', '10' < '9', 'a' == 'A', '😀' > '\uffff'
