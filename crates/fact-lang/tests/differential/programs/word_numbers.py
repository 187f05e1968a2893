def execute_command(image):
    numbers = {'zero': 0, 'one': 1, 'two': 2, 'three': 3}
    def parse(text):
        for word in text.lower().replace('.', '').split():
            if word.isdigit():
                return int(word)
            if word in numbers:
                return numbers[word]
        return None
    return parse('There are two dogs.'), parse('I see 14 cats'), parse('none'), parse('')
