from collections import defaultdict

WEIGHTS = {'cup': 2, 'plate': 1}


def weight(name, default=0):
    """Weight of an object."""
    return WEIGHTS.get(name, default)


def execute_command(image):
    totals = defaultdict(int)
    for name in ['cup', 'plate', 'cup', 'fork']:
        totals[name] += weight(name)
    ranked = sorted(totals.items(), key=lambda kv: (-kv[1], kv[0]))
    print(ranked)
    return ranked[0][0]
