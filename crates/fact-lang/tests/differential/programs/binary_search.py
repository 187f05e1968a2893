def execute_command(image):
    def search(xs, x):
        low, high = 0, len(xs) - 1
        while low <= high:
            mid = (low + high) // 2
            if xs[mid] == x:
                return mid
            elif xs[mid] < x:
                low = mid + 1
            else:
                high = mid - 1
        return -1
    xs = list(range(0, 100, 7))
    return [search(xs, v) for v in [0, 7, 98, 5, 91]]
