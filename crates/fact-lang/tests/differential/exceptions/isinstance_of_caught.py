def execute_command(image):
    try:
        {}['x']
    except Exception as e:
        return isinstance(e, KeyError), isinstance(e, LookupError), isinstance(e, ValueError), type(e) is KeyError, type(e) == KeyError, str(type(e))
