def execute_command(image):
    return 'plain' % {}, 'plain' % {'a': 1}, 'plain' % [], '%(a)s %(a)r' % {'a': 'x', 'b': 2}, '%(k)5.1f' % {'k': 2.25}, '%s' % ('one',), '%(a)%' % {'a': 1} if False else ''
