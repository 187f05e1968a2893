def execute_command(image):
    found = []
    def visit(x):
        found.append(x)
        return len(found)
    [visit(c) for c in 'ab']
    def reset():
        found.clear()
    n = len(found)
    reset()
    return n, found
