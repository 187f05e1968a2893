def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    count = 2
    area = 12.0
    return 'There are ' + str(count) + ' cups', 'area ' + str(area), str(area) + 'px', 'x' + str([count, area]), str(None) + str(True), ', '.join(map(str, [1, 2.5, None])), attempt(lambda: 'There are ' + count)
