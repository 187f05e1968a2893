def execute_command(image):
    import re
    p = re.compile(r'RED', re.IGNORECASE)
    return p.search('a red cup').group(), p.findall('Red rED'), re.search('^b', 'a\nb', re.M) is not None, re.search('a.b', 'a\nb', re.S) is not None, re.search('a.b', 'a\nb'), p.sub('blue', 'Red'), p.pattern, re.search('(?i)CUP', 'cup').group(), p.match('xred'), p.split('aREDb'), re.findall(r'\bcup\b', 'cup cups cup'), re.findall('É', 'é', re.I | re.M)
