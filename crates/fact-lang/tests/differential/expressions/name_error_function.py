def execute_command(image):
    return find_the_dog(image)
