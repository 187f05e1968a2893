def execute_command(image):
    import string
    return string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation, string.ascii_letters, string.whitespace, 'a' in string.ascii_lowercase, ''.join(c for c in 'a.b!c' if c not in string.punctuation), string.hexdigits
