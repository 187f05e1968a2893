def execute_command(image):
    import statistics
    return statistics.median_low([1, 2]), statistics.median_high([1, 2])
