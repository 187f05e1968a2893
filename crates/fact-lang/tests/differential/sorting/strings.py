def execute_command(image):
    return sorted(['b', 'A', 'a', 'B', '10', '9', '', 'é', 'z']), sorted('Hello World'), sorted(['bb', 'a', 'ccc'], key=len), sorted(['x1', 'x10', 'x2'], key=lambda s: int(s[1:])), sorted(['b', 'a'], reverse=True)
