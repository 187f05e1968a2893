def execute_command(image):
    words = ['', 'abc', 'ABC', 'Abc', '123', 'a1', ' ', '\t\n', 'Ab Cd', '½', '²', 'a b', '-1', '1.5', 'é', '_a', '1a']
    return [(w.isalpha(), w.isdigit(), w.isalnum(), w.isspace(), w.isupper(), w.islower(), w.istitle(), w.isnumeric(), w.isdecimal(), w.isidentifier(), w.isascii(), w.isprintable()) for w in words]
