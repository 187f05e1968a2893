def execute_command(image):
    return list('añ'), tuple('ab'), sorted('cab'), sorted(set('aab')), [c for c in 'abc' if c != 'b'], dict(enumerate('ab')), ''.join(sorted('hello')), max('hello'), [ord(c) for c in 'aé']
