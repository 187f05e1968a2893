def execute_command(image):
    return {True: "a"} | {1: "b"}, {1: "a"} | {1.0: "b", 2: "c"}, {1, 2} & {True}, {True} & {1, 2}, {1, 2}.intersection([1.0])
