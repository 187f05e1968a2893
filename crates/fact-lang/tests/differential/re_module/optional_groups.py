def execute_command(image):
    import re
    m = re.search(r'(a)?(b)', 'b')
    return m.groups(), m.group(1), m.groups('none'), m.start(1), m.span(1), re.findall(r'(a)?b', 'b ab'), re.sub(r'(a)?b', r'[\1]', 'b ab'), m.string, m.groupdict()
