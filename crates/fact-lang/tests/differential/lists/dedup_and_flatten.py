def execute_command(image):
    xs = [3, 1, 3, 2, 1]
    unique = list(dict.fromkeys(xs))
    flat = [y for x in [[1], [2, 3], []] for y in x]
    counts = {}
    for x in xs:
        counts[x] = counts.get(x, 0) + 1
    return unique, flat, counts, sorted(set(xs))
