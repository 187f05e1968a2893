def execute_command(image):
    return [1.0, 'a', "it's", None, True, (1,), (), {'k': [1]}, {1: 'x'}, 'line\n', '\\', 'é', '\x00', '"', '\'"'], str(['a', "b'c"]), str(('x',)), str({'a': 'b'}), repr('a'), str('a'), repr([[]]), repr({1}), repr(set()), repr(frozenset()), repr(frozenset([1])), repr(range(3)), repr(range(1, 5, 2)), repr(slice(1, 2, None))
