def execute_command(image):
    s = 'héllo😀'
    return s[1], s[-1], s[1:3], s[::-1], s[::2], s[-3:], s[:-2], s[10:], s[3:1], s[:], s[-100:2], s[4:1:-1], s[5], len(s[1:]), s[::-2]
