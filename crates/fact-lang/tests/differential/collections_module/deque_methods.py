from collections import deque


def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def balanced(d):
    out = []
    for item in d:
        out.append(item)
        d.append(item)
        d.popleft()
    return out


def turned(d):
    out = []
    for item in d:
        out.append(item)
        if len(out) == 1:
            d.rotate(1)
    return out


def stored(d):
    out = []
    for item in d:
        out.append(item)
        d[-1] = 9
    return out


def reversing(d):
    out = []
    for item in d:
        out.append(item)
        if len(out) == 1:
            d.reverse()
    return out


def execute_command(image):
    d = deque([1, 2, 3])
    d.extend(d)
    e = deque([1, 2])
    e.extendleft(e)
    q = deque([3, 1, 2], 2)
    q.extend([7, 8, 9])
    r = deque([3, 1, 2], maxlen=2)
    r.extendleft([7, 8, 9])
    c = q.copy()
    c.append(0)
    z = deque([1], 0)
    z.append(3)
    z.appendleft(4)
    return [
        d, e, q, r, c, q.maxlen, d.maxlen, z,
        attempt(lambda: balanced(deque([1, 2, 3]))),
        attempt(lambda: turned(deque([1, 2, 3]))),
        attempt(lambda: stored(deque([1, 2, 3]))),
        attempt(lambda: reversing(deque([1, 2, 3]))),
        attempt(lambda: deque([1]).insert(9, 2)),
        attempt(lambda: deque([1], 1).insert(0, 2)),
        attempt(lambda: deque().pop()),
        attempt(lambda: deque().popleft()),
        attempt(lambda: deque()[0]),
        attempt(lambda: deque([1]).remove(2)),
        attempt(lambda: deque([1]).index(2)),
        attempt(lambda: deque([1, 2, 3]).index(3, 1)),
        attempt(lambda: deque([1, 2, 3]).index(1, 1, 2)),
        attempt(lambda: deque([1, 2, 3]).rotate("a")),
        attempt(lambda: deque([1, 2, 3]).rotate(1.0)),
        attempt(lambda: deque(3)),
        attempt(lambda: deque([1], -1)),
        attempt(lambda: deque([1], "a")),
        attempt(lambda: deque([1], 2, 3)),
        attempt(lambda: deque([1]) + [2]),
        attempt(lambda: deque([1]) < deque([2])),
        attempt(lambda: deque([1]) < [2]),
        attempt(lambda: [1] == deque([1])),
        attempt(lambda: {deque(): 1}),
        attempt(lambda: list(reversed(deque([1, 2])))),
        attempt(lambda: sorted(deque([2, 1]))),
        attempt(lambda: 2 in deque([2, 1])),
        attempt(lambda: bool(deque())),
        attempt(lambda: deque([2, 1]).sort()),
        attempt(lambda: deque("ab") * 2),
        attempt(lambda: 2 * deque("ab", 3)),
        attempt(lambda: deque([1, 2, 3]).pop(0)),
        attempt(lambda: isinstance(deque(), list)),
        attempt(lambda: str(deque([(1, 2)]))),
        attempt(lambda: f"{deque([1])}"),
        attempt(lambda: deque([1], maxlen=None)),
        attempt(lambda: deque([1]) == deque([1.0])),
        attempt(lambda: max(deque([1, 5, 2]))),
        attempt(lambda: dict(deque([(1, 2)]))),
        attempt(lambda: [*deque([1, 2])]),
        attempt(lambda: (lambda *a: a)(*deque([1, 2]))),
        attempt(lambda: deque([0, 1, 2])[-3:]),
        attempt(lambda: deque([0, 1]).append()),
        attempt(lambda: deque([0, 1]).append(1, 2)),
        attempt(lambda: deque([0, 1]).count()),
        attempt(lambda: deque([0, 1]).clear(1)),
        attempt(lambda: deque([0, 1]).insert(1)),
    ]
