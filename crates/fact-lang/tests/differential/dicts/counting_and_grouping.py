def execute_command(image):
    words = ['red', 'blue', 'red', 'green', 'red']
    counts = {}
    groups = {}
    for i, w in enumerate(words):
        counts[w] = counts.get(w, 0) + 1
        groups.setdefault(len(w), []).append(i)
    best = max(counts, key=counts.get)
    return counts, groups, best, sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])), {v: k for k, v in counts.items()}
