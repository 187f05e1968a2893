def execute_command(image):
    return re.search('(a)?(b)', 'b').lastindex
