def execute_command(image):
    out = []
    try:
        try:
            int('a')
        except KeyError:
            out.append('inner')
        finally:
            out.append('inner finally')
    except ValueError as e:
        out.append(str(e))
    finally:
        out.append('outer finally')
    return out
