def execute_command(image):
    def sign(x):
        if x > 0:
            return 'positive'
        elif x == 0:
            return 'zero'
        elif x > -10:
            return 'negative'
        else:
            return 'very negative'
    return [sign(x) for x in [5, 0, -3, -30]]
