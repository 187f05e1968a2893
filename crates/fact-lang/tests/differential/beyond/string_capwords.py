def execute_command(image):
    return string.capwords('a red  cup')
