def execute_command(image):
    events = [(3, 'jump'), (1, 'run'), (2, 'sit')]
    order = [name for _, name in sorted(events)]
    before = order[:order.index('jump')]
    after = order[order.index('run') + 1:]
    return order, before, after, ' then '.join(order), order[-1] if after else None
