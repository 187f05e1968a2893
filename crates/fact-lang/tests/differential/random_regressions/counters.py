from collections import Counter


def execute_command(image):
    return (
        Counter({"a": "x"}), Counter(None), Counter("ab") <= Counter("aab"), Counter("b") < Counter("a"), +Counter(a=-1, b=2),
        -Counter(a=-1, b=2), Counter("aab").most_common(1),
    )
