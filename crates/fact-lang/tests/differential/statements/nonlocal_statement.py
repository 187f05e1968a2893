def execute_command(image):
    n = 0
    def bump(by=1):
        nonlocal n
        n += by
        return n
    bump()
    bump(5)
    return n
