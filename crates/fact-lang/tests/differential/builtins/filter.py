def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(filter(None, [0, 1, '', 'a'])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(str.isdigit, ['1', 'a'])), attempt(lambda: filter(None, 5)), attempt(lambda: list(filter(5, [1]))), attempt(lambda: filter(None)), list(filter(bool, 'ab'))
