def execute_command(image):
    from itertools import count, cycle, islice
    c = count(5, 2)
    return next(c), next(c), list(islice(cycle('ab'), 5)), [n for n, _ in zip(count(1), 'xyz')], list(islice(count(0.5), 2)), list(zip('ab', cycle([0, 1])))
