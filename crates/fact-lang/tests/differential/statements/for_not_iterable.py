def execute_command(image):
    out = []
    for value in [5, None, 1.5, True, len]:
        try:
            for x in value:
                pass
        except TypeError as e:
            out.append(str(e))
    return out
