def execute_command(image):
    return ' The Red CUP. '.strip().lower().rstrip('.').split()[-1].capitalize(), 'yes' if 'cup' in 'The cup'.lower() else 'no', 'a-b_c'.replace('-', ' ').replace('_', ' ').title(), '3 dogs'.split(' ')[0].isdigit()
