def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def numbers(log, n):
    return (log.append(i) or i for i in range(n))


def rest(method, s):
    it = iter([1, 2, 3])
    return method(s, it), list(it)


def execute_command(image):
    log = []
    out = [{2}.isdisjoint(numbers(log, 5)), {0}.issuperset(numbers(log, 5))]
    return [
        out, log,
        rest(set.isdisjoint, {1}), rest(set.issuperset, {1}), rest(set.issubset, {1}),
        attempt(lambda: sorted({1}.union([2], numbers(log, 2)))),
        attempt(lambda: {1} | [2]),
        attempt(lambda: {1, 2}.intersection([2, 2], (2, 3))),
        attempt(lambda: {1: 2}.keys().isdisjoint(numbers(log, 5))),
        attempt(lambda: any(numbers(log, 9))), attempt(lambda: all(numbers(log, 9))),
        log,
    ]
