import re


def execute_command(image):
    for pattern in ["(", "a(b", ")", "*a", "a**", "[a", "[^", "a|*", "(?:a", "\\"]:
        try:
            re.compile(pattern)
        except re.error as error:
            print(repr(pattern), type(error).__name__, error)
    return re.match("(b)(a)", "bad"), re.search("é", "xé")
