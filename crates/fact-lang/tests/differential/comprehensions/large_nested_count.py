def execute_command(image):
    return len([1 for a in range(20) for b in range(20) if a < b]), sum(1 for a in range(10) for b in range(10) if a == b)
