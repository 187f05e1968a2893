def execute_command(image):
    out = []
    try:
        out.append('try')
    except ValueError:
        out.append('never')
    else:
        out.append('else')
    finally:
        out.append('finally')
    return out
