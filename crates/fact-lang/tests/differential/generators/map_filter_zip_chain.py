def execute_command(image):
    return list(map(lambda p: p[0] * p[1], zip(filter(None, [1, 0, 2]), reversed([5, 6, 7])))), list(zip(map(str, [1, 2]), (c for c in 'ab'))), sum(map(len, filter(str.isalpha, ['a', '1', 'bc'])))
