def execute_command(image):
    def execute(n):
        def down(k):
            return [] if k == 0 else [k] + down(k - 1)
        return down(n)
    return execute(3)
