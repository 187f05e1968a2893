def execute_command(image):
    import re
    return re.findall(r'[^\W\d]+', 'ab1 c2'), re.findall(r'(?:ab)+', 'ababx'), re.findall(r'a{2,3}', 'aaaaa'), re.findall(r'a+?', 'aaa'), re.search(r'(\w)\1', 'hello').group(), re.findall(r'(?<=\$)\d+', '$5 6 $7'), re.findall(r'\d+(?!%)', '10% 20'), re.search(r'^\s*$', '  ') is not None, re.findall(r'\w+', 'héllo wörld_1'), re.split(r'\W+', 'a, b. c'), re.search(r'x*', 'abc').span(), re.escape('a.b*c'), re.findall(r'[\w.]+@[\w.]+', 'me@x.org')
