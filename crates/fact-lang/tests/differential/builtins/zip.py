def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(zip([1, 2, 3], 'ab')), list(zip()), list(zip([1])), list(zip(*[[1, 2], [3, 4]])), list(zip([1, 2], [3, 4], [5, 6])), dict(zip('ab', (1, 2))), list(zip({'k': 1}, range(5))), attempt(lambda: zip(5)), attempt(lambda: zip([1], 5)), attempt(lambda: list(zip([1], [1, 2], strict=True))), list(zip([1], [2], strict=True)), attempt(lambda: list(zip([1, 2], [1], strict=True)))
