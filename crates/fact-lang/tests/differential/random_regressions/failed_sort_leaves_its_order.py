def execute_command(image):
    items = [5, 3, 4, "a", 1]
    try:
        items.sort()
    except TypeError as error:
        print(error)
    more = [("b", 1), ("a", 1), ("a", "x"), ("c", 0)]
    try:
        more.sort(reverse=True)
    except TypeError as error:
        print(error)
    return items, more
