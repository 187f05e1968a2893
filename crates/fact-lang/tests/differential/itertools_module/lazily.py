import itertools


def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def execute_command(image):
    log = []

    def even(n):
        log.append(n)
        return n % 2 == 0

    first = next(itertools.filterfalse(even, [2, 4, 5, 6, 7]))
    log.append("then")
    pairs = itertools.starmap(lambda a, b: log.append(a) or a + b, [(1, 2), (3, 4)])
    log.append(next(pairs))
    rest = list(pairs)
    seen = []
    for key, group in itertools.groupby([2, 4, 1, 3, 6], key=even):
        log.append(("group", key))
        for item in group:
            log.append(("item", item))
    kept = [(k, list(g)) for k, g in itertools.groupby("aabbc")]
    late = [(k, g) for k, g in itertools.groupby("aabbc")]
    late = [(k, list(g)) for k, g in late]
    skipped = [k for k, g in itertools.groupby([1, 1, 2])]
    twice = [(list(g), list(g)) for _, g in itertools.groupby([1, 1, 2])]
    size = attempt(lambda: [len(g) for _, g in itertools.groupby([1])])
    sums = {k: sum(1 for _ in g) for k, g in itertools.groupby("aaab")}
    some = list(itertools.islice(itertools.filterfalse(None, itertools.cycle([0, 1])), 3))
    few = list(itertools.islice(itertools.starmap(pow, zip(itertools.count(), itertools.repeat(2))), 4))
    many = list(itertools.islice(((k, len(list(g))) for k, g in itertools.groupby(itertools.count(), lambda n: n // 3)), 3))
    partial = []
    for key, group in itertools.groupby([1, 1, 1, 2, 2]):
        partial.append((key, next(group)))
    old = itertools.groupby([1, 1, 2, 2])
    k1, g1 = next(old)
    next(g1)
    k2, g2 = next(old)
    return [
        first, rest, log, kept, late, skipped, twice, size, sums, some, few, many, partial,
        (k1, list(g1), k2, list(g2), attempt(lambda: next(old))),
        attempt(lambda: list(itertools.starmap(pow, [3]))),
        attempt(lambda: itertools.starmap(pow, 3)),
        attempt(lambda: itertools.filterfalse(None, 3)),
        attempt(lambda: itertools.groupby(3)),
        attempt(lambda: list(itertools.groupby([1], 3))),
    ]
