def execute_command(image):
    s = 'héLLo wORLD 3rd'
    return s.lower(), s.upper(), s.title(), s.capitalize(), s.swapcase(), s.casefold(), 'ß'.upper(), 'ß'.casefold(), "they're".title(), ''.capitalize()
