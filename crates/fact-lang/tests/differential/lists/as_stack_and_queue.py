def execute_command(image):
    stack = []
    for c in 'abc':
        stack.append(c)
    out = [stack.pop() for _ in range(2)]
    queue = [1, 2, 3]
    while queue:
        out.append(queue.pop(0))
    return out, stack
