def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return set(), sorted(set('aab')), set([1]), sorted(set(range(3))), len(set([1, 1.0, True])), set({'a': 1}), attempt(lambda: set([[]])), attempt(lambda: set(5)), attempt(lambda: set(1, 2)), frozenset([1]), sorted(frozenset('ba')), set(()), attempt(lambda: set([{}]))
