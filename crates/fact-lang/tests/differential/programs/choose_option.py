def execute_command(image):
    options = ['on the table', 'under the chair', 'in the box']
    answer = 'the box, inside'
    def score(option):
        words = set(option.split())
        return len(words & set(answer.replace(',', '').split()))
    return max(options, key=score), [score(o) for o in options], options.index(max(options, key=score))
