def execute_command(image):
    d = {"a": 1, "b": 2}
    return d.keys() <= {"a", "b", "c"}, d.keys() > {"a"}, {"a"} < d.keys(), d.keys().isdisjoint(["z"]), {1, 2}.issuperset([3, []])
