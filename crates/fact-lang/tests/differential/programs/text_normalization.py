def execute_command(image):
    text = "  The RED cup's handle -- isn't   broken!  "
    words = text.lower().strip().replace("'s", '').split()
    clean = [''.join(c for c in w if c.isalnum()) for w in words]
    return [w for w in clean if w], ' '.join(clean).split(), text.count('  '), ''.join(w[0] for w in clean if w).upper()
