def execute_command(image):
    return [c for c in 'ab'], list('😀é'), sorted('ba'), max('abc'), list(enumerate('é')), list(zip('ab', 'cd')), 'b' in 'abc', ''.join(c * 2 for c in 'ab'), set('a')
