def execute_command(image):
    import re
    return re.findall(r'\d+', 'a1b22'), re.findall(r'(\w)(\d)', 'a1 b2'), re.findall(r'(a)|b', 'ab'), [m.group() for m in re.finditer(r'[aeiou]', 'red cup')], re.findall('x', 'abc'), re.findall('', 'ab'), [m.span() for m in re.finditer('a*', 'baac')]
