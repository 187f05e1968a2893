def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: {[]: 1}, lambda: {}[[]], lambda: {}[{}], lambda: {}.get({}), lambda: {}.setdefault([], 1), lambda: dict([([], 1)]), lambda: {({},): 1}, lambda: {1: 1}.pop({1}), lambda: {1} in {}, lambda: [] in {1: 2}, lambda: {slice(1): 1}]]
