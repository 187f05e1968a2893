def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [1, 2] == [1, 2], [1, 2] != [2, 1], [[1]] == [[1.0]], [] == [], [1, 2, 3] > [1, 2], ['a'] < ['b'], attempt(lambda: [1] < ['a']), attempt(lambda: [[1]] < [['a']]), attempt(lambda: [None] < [None]), [None] == [None], [None, 1] < [None, 2]
