from collections import deque


def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def grow(d):
    for item in d:
        d.append(item)


def execute_command(image):
    d = deque("abc", maxlen=3)
    d.append("d")
    d.appendleft("z")
    e = deque(range(5))
    e.rotate(2)
    e.extendleft([8, 9])
    e += [7]
    e *= 2
    f = deque([1])
    f.append(f)
    del e[0]
    e[0] = "first"
    return d, e, f, d + d, d == deque("zbc"), e.index(7), attempt(lambda: e[1:2]), attempt(lambda: grow(e)), list(map(type, [d]))
