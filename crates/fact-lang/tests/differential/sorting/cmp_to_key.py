def execute_command(image):
    def compare(a, b):
        return len(a) - len(b) or (a > b) - (a < b)
    return sorted(['bb', 'a', 'ab', 'c'], key=functools.cmp_to_key(compare))
