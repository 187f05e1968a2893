def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    from itertools import combinations, permutations, product, combinations_with_replacement
    return list(combinations([1, 2, 3], 2)), list(permutations('ab')), list(permutations([1, 2, 3], 2))[:3], list(product([1, 2], 'ab')), list(product([0, 1], repeat=2)), list(combinations('ab', 3)), list(combinations_with_replacement('ab', 2)), list(product()), len(list(permutations(range(4)))), attempt(lambda: combinations([1], -1))
