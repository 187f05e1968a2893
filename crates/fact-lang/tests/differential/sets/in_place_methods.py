def execute_command(image):
    a = {1, 2, 3, 4}
    a.difference_update([1])
    a.intersection_update({2, 3, 9})
    a.symmetric_difference_update({3, 5})
    b = {5}
    x = b.pop()
    b.add(1)
    b.clear()
    return sorted(a), x, b, a.add(1), a.update([])
