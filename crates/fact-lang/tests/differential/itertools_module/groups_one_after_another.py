import itertools


def execute_command(image):
    log = []
    for key, group in itertools.groupby([2, 4, 1, 3, 6], key=lambda n: log.append(n) or n % 2):
        log.append(("group", key))
        for item in group:
            log.append(("item", item))
    late = [(k, g) for k, g in itertools.groupby("aabbc")]
    late = [(k, list(g)) for k, g in late]
    twice = [(list(g), list(g)) for _, g in itertools.groupby([1, 1, 2])]
    return log, late, twice
