def execute_command(image):
    return 'a\tb'.expandtabs(), 'a\tb'.expandtabs(4), 'ab\tc\n\td'.expandtabs(3)
