def execute_command(image):
    return 1 == '1', None == 0, None == None, [] == (), 'a' != 1, {} != None, len == len, (1,) == [1], 0 == False, '' == False, 1 in ['1'], range(3) == range(0, 3, 1), range(0) == range(5, 2)
