def execute_command(image):
    return ["'", '"', '\'"', '\\', '\n\r\t', '\x00\x1f\x7f', '\x80\xa0\xad', 'é', '\u200b', '\u2028', '😀', '\U000e0001', '日本', '\ufeff', 'a\\nb']
