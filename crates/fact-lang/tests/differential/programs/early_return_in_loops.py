def execute_command(image):
    def first_match(rows, test):
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if test(value):
                    return r, c
        return None
    rows = [[1, 2], [3, 4]]
    return first_match(rows, lambda v: v == 3), first_match(rows, lambda v: v > 9), first_match([], bool)
