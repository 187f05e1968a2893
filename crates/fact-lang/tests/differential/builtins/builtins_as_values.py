def execute_command(image):
    fs = [len, str, max]
    ops = {'count': len, 'total': sum}
    return [f('12') for f in fs], ops['total']([1, 2]), list(map(len, ['a', 'bc'])), sorted(['b', 'aa'], key=len), str(len), repr(print)
