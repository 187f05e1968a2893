def execute_command(image):
    return 'a\nb\r\nc\rd'.splitlines(), 'a\n\nb\n'.splitlines(), 'a\nb'.splitlines(True), ''.splitlines(), '\n'.splitlines(), 'a\nb\n'.splitlines(keepends=True)
