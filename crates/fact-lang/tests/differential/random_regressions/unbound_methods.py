def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def execute_command(image):
    items = [2, 1]
    list.append(items, 3)
    return (
        items, dict.get({"a": 1}, "a"), list(map(list.copy, [[1]])), attempt(lambda: list.append(1, 2)),
        attempt(lambda: dict.items()), attempt(lambda: (1.5).is_integer(1)), set.union({1}, {1}), (7).imag, (1.5).real,
    )
