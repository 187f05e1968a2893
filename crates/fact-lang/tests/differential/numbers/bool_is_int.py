def execute_command(image):
    return True + 1, True * 'ab', [1, 2][True], sum([True, True]), True == 1, isinstance(True, int), {True: 'a', 1: 'b'}, max(True, 2), str(True), int(True), -True, True / 2, round(True), True // True, f'{True + 0}', range(True), 5 * False, True ** 2, abs(False)
