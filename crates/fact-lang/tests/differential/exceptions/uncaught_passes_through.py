def execute_command(image):
    def f():
        try:
            return {}['missing']
        except IndexError:
            return 'wrong handler'
    return f()
