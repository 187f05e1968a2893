def execute_command(image):
    out = []
    try:
        out.append('try')
        [][0]
        out.append('never')
    except IndexError:
        out.append('except')
    else:
        out.append('never')
    finally:
        out.append('finally')
    return out
