total = 10

def execute_command(image):
    def add(n):
        global total
        total += n
    add(5)
    return total
