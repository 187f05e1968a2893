def execute_command(image):
    from collections import Counter
    votes = ['yes', 'no', 'yes', 'maybe', 'no', 'yes']
    answer, n = Counter(votes).most_common(1)[0]
    tie = Counter(['b', 'a', 'a', 'b', 'c']).most_common(1)
    return answer, n, tie, collections.Counter(votes)['maybe']
