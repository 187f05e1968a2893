def execute_command(image):
    kinds = (ValueError, TypeError)
    out = []
    for x in ['a', None]:
        try:
            int(x)
        except kinds as e:
            out.append(type(e) == ValueError)
    return out
