def execute_command(image):
    if image == 5:
        answer = 'yes'
    return answer
