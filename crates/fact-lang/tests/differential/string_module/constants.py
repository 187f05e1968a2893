def execute_command(image):
    import string
    return string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation, string.ascii_letters, string.whitespace, string.capwords('a red cup'), 'a' in string.ascii_lowercase, ''.join(c for c in 'a.b!c' if c not in string.punctuation), 'hi, there.'.translate(str.maketrans('', '', string.punctuation)), string.hexdigits
