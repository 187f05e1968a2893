def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return bin(5), bin(-5), hex(255), hex(-255), oct(8), bin(0), hex(2 ** 70), attempt(lambda: bin(1.5)), attempt(lambda: hex('a'))
