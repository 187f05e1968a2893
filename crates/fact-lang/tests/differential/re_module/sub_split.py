def execute_command(image):
    import re
    return re.sub(r'\s+', ' ', 'a  b \n c'), re.sub(r'(\w+) (\w+)', r'\2 \1', 'hello world'), re.sub('a', 'b', 'aaa', 2), re.sub(r'\d', lambda m: str(int(m.group()) * 2), 'a1b2'), re.split(r'[,;]\s*', 'a, b;c'), re.split(r'(-)', 'a-b'), re.split('b', 'abc', 1), re.sub(r'(?P<x>a)', r'<\g<x>>', 'ab'), re.sub('', '-', 'ab'), re.split(r'\d', 'a1b2'), re.sub('x', 'y', 'abc'), re.sub(r'(.)', r'[\g<1>]', 'ab')
