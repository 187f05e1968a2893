def execute_command(image):
    d = {'b': 1, 'a': 2}
    out = []
    for k in d:
        out.append(k)
    for k, v in d.items():
        out.append((k, v))
    for v in d.values():
        out.append(v)
    for k in sorted(d):
        out.append(k)
    for i, k in enumerate(d):
        out.append((i, k))
    return out, max(d), max(d, key=d.get), min(d.values()), sum(d.values()), [k for k in d if d[k] > 1]
