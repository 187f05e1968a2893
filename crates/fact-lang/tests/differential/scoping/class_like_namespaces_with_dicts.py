def execute_command(image):
    state = {'n': 0}
    def bump():
        state['n'] += 1
        return state['n']
    bump()
    bump()
    return state
