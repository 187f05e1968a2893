def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def detect(image, object_name, threshold=0.5):
        return f'{object_name}:{threshold}'
    return detect(image, object_name='cup'), detect(image=None, threshold=0.9, object_name='x'), attempt(lambda: detect(image, name='cup')), attempt(lambda: detect())
