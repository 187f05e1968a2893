def execute_command(image):
    def half(x):
        return x // 2
    return [h for x in range(6) if (h := half(x)) > 0], h
