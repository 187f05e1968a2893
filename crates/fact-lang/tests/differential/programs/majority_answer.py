def execute_command(image):
    answers = ['red', 'Red ', 'blue', 'RED']
    clean = [a.strip().lower() for a in answers]
    best = None
    best_n = 0
    for a in clean:
        n = clean.count(a)
        if n > best_n:
            best, best_n = a, n
    return best, best_n, f'{best_n / len(clean):.0%}'
