def execute_command(image):
    def bool_to_yesno(flag):
        return 'yes' if flag else 'no'
    xs = [3, 5]
    return bool_to_yesno(any(x > 4 for x in xs)), bool_to_yesno(all(x > 4 for x in xs)), bool_to_yesno(xs), bool_to_yesno('no')
