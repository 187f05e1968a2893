def execute_command(image):
    import nonexistent_module_xyz
    return 1
