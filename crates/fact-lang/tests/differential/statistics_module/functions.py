def execute_command(image):
    import statistics
    return statistics.mean([1, 2, 3, 4]), statistics.mean([1, 2]), statistics.median([3, 1, 2]), statistics.median([1, 2, 3, 4]), statistics.mode(['a', 'b', 'a']), statistics.mean([1.5, 2.5]), statistics.pstdev([1, 1]), round(statistics.stdev([1, 2, 3, 4]), 10), statistics.mode([1, 2]), round(statistics.variance([1, 2, 4]), 10), round(statistics.pvariance([1, 2, 4]), 10)
