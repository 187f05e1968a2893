def execute_command(image):
    def f():
        """Doc."""
        return 1
    return f()
