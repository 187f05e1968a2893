def execute_command(image):
    import re
    m = re.search(r'(\d+) (dogs|cats)', 'I see 12 dogs here')
    n = re.match(r'see', 'I see')
    k = re.search(r'(?P<num>\d+)', 'abc 42')
    return m.group(), m.group(1), m.group(2), m.groups(), m.start(), m.end(), m.span(1), n, k.group('num'), k.groupdict(), bool(m), m.group(1, 2), m[0], m[2], re.fullmatch(r'\d+', '12') is not None, re.fullmatch(r'\d', '12')
