import math
import statistics


def execute_command(image):
    data = [0.1, 0.2, 0.3, 1e16, -1e16]
    return (
        statistics.mean(data), statistics.mean([0.1, 0.2, 0.3]), statistics.stdev(data), statistics.pstdev([0.1, 0.2]),
        statistics.variance([1, 2, 4]), statistics.pvariance([1, 3]), statistics.fmean([1, 2]), statistics.multimode("aabb"),
        math.fsum([]), math.fsum([1e16, 1.0, 1e-16]), math.hypot(0.5, 0.3), math.dist((0.3, 0.1), (0.8, 0.4)),
    )
