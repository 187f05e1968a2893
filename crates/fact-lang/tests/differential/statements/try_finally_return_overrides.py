def execute_command(image):
    def f():
        try:
            return 'try'
        finally:
            return 'finally'
    def g():
        try:
            return 'try'
        finally:
            pass
    def h():
        x = 1
        try:
            return x
        finally:
            x = 2
    def i():
        for n in range(3):
            try:
                if n == 1:
                    break
                continue
            finally:
                if n == 1:
                    n = 'broke'
        return n
    def j():
        try:
            raise ValueError('lost')
        finally:
            return 'swallowed'
    def k():
        while True:
            try:
                return 1
            finally:
                break
        return 2
    return f(), g(), h(), i(), j(), k()
