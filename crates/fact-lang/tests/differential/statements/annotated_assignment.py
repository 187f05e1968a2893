def execute_command(image):
    x: int = 5
    y: 'List[str]' = ['a']
    z: int
    try:
        z
    except UnboundLocalError as e:
        return x, y, str(e)
