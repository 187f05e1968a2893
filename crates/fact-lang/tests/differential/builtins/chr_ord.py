def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return chr(97), chr(233), chr(0x1F600), ord('a'), ord('é'), ord('😀'), attempt(lambda: chr(-1)), attempt(lambda: chr(0x110000)), attempt(lambda: ord('ab')), attempt(lambda: ord('')), attempt(lambda: ord(5)), attempt(lambda: chr('a')), attempt(lambda: chr(1.5))
