def execute_command(image):
    xs = [1, 2, 3]
    it = iter(xs)
    pairs = list(zip(it, it))
    chunks = [xs[i:i + 2] for i in range(0, len(xs), 2)]
    return pairs, chunks, list(zip(xs, xs[1:])), [i for i in reversed(range(3))], list(iter([])), dict(zip('ab', range(2)))
