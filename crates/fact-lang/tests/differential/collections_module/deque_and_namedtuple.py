def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    from collections import deque
    d = deque([1, 2, 3])
    d.append(4)
    d.appendleft(0)
    a = d.popleft()
    b = d.pop()
    d.rotate(1)
    return list(d), a, b, len(d), d[0], 2 in d, deque([1, 2, 3], maxlen=2), attempt(lambda: deque().popleft()), d
