def execute_command(image):
    out = []
    for value in ['1', 'x', '3', None]:
        try:
            n = int(value)
        except ValueError:
            out.append('bad')
            continue
        except TypeError:
            break
        else:
            out.append(n)
        finally:
            out.append('.')
    return out
