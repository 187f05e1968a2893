def execute_command(image):
    a = {1, 2, 3}
    b = {3, 4}
    c = set(a)
    c.add(9)
    c.discard(100)
    c.remove(1)
    c.update([7, 8], {6})
    return sorted(a.union(b)), sorted(a.intersection(b)), sorted(a.difference(b)), sorted(a.symmetric_difference(b)), a.issubset({1, 2, 3, 4}), a.issuperset({1}), a.isdisjoint({5}), sorted(c), sorted(a.union([5], (6,))), sorted(a.copy()), sorted(a.intersection([1, 2], {2}))
