def execute_command(image):
    rows = [[0]] * 3
    rows[0].append(1)
    return rows
