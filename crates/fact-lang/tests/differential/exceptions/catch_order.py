def execute_command(image):
    out = []
    for f in [lambda: [][0], lambda: {}['k'], lambda: int('x'), lambda: 1 / 0, lambda: None.x, lambda: undefined_name_here]:
        try:
            f()
        except (IndexError, KeyError) as e:
            out.append(('lookup', str(e)))
        except ValueError as e:
            out.append(('value', str(e)))
        except ArithmeticError as e:
            out.append(('arithmetic', str(e)))
        except Exception as e:
            out.append(('other', str(e)))
    return out
