def execute_command(image):
    def nothing():
        pass
    def hole():
        ...
    x = ...
    return nothing(), hole(), x, x is ..., str(...)
