def execute_command(image):
    return 'hi, there.'.translate(str.maketrans('', '', string.punctuation))
