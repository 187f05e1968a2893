def execute_command(image):
    s = {1}
    for x in s:
        s.add(x + 1)
    return len(s)
