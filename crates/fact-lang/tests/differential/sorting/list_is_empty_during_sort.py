def execute_command(image):
    xs = [2, 1]
    seen = []
    def key(x):
        seen.append(len(xs))
        return x
    xs.sort(key=key)
    return xs, seen
