LIMIT = 3
names = ['a', 'b']

def helper(x):
    return x * LIMIT

def execute_command(image):
    return helper(2), names, [helper(n) for n in names]
