"""The CPython side of the benchmark: the same programs on the same pack, `viper.py`, executed by
CPython on a small prelude that stands for what our interpreter brings along (`Region`, `Detection`,
`primitive` and the decorators). Perception is the stub of `stub.py`.

    python3.11 cpython.py PACK PROGRAMS PASSES

prints one JSON object: seconds for one pass over all programs, by figure, and what each returned.
"""

import __future__

import ast
import json
import sys
import time

from stub import STUBS, Region, window_of

ANNOTATIONS = __future__.annotations.compiler_flag
WIDTH, HEIGHT = 640, 480


def primitive(function):
    """A request to perception: the answer comes from the stub."""
    return STUBS[function.__name__]


def decorator(*_, **__):
    """`says`, `compares`, `element`: of no effect on what runs."""
    return lambda function: function


def globals_of_pack(path):
    base = {
        "Region": window_of,
        "primitive": primitive,
        "says": decorator,
        "compares": decorator,
        "element": decorator,
    }
    exec("from typing import *\nimport math", base)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    # The pack's annotations name classes that are not complete yet.
    exec(compile(source, "viper.py", "exec", ANNOTATIONS), base)
    return base


def programs(path):
    with open(path, encoding="utf-8") as file:
        parts = file.read().split("\n# === ")[1:]
    return [part.split("\n", 1) for part in parts]


def call(code, base, image):
    namespace = dict(base)
    exec(code, namespace)
    return namespace["execute_command"](image)


def values(names):
    """Locals as they are now: objects change, so their text is kept, as our trace keeps a picture of
    each value."""
    return {name: shown(value) for name, value in names.items()}


def shown(value):
    try:
        return repr(value)
    except AttributeError:
        # An object whose __init__ is not done.
        return object.__repr__(value)


def tracer(everywhere, keep):
    """Records line and locals at every line: of the program, or of the pack too."""
    records = []

    def local(frame, event, _):
        if event == "line":
            records.append((frame.f_lineno, keep(frame.f_locals)))
        return local

    def enter(frame, event, _):
        if everywhere or frame.f_code.co_filename == "program":
            return local
        return None

    return enter, records


def traced(source, base, image, everywhere, keep=dict):
    enter, records = tracer(everywhere, keep)
    code = compile(source, "program", "exec")
    sys.settrace(enter)
    try:
        call(code, base, image)
    finally:
        sys.settrace(None)
    return records


def best(items, passes, function):
    """Seconds of the fastest pass over the items, put together item by item: what others on the
    machine disturb is not counted, on either side."""
    fastest = [float("inf")] * len(items)
    for _ in range(passes):
        for i, item in enumerate(items):
            start = time.perf_counter()
            function(item)
            fastest[i] = min(fastest[i], time.perf_counter() - start)
    return sum(fastest)


def main():
    pack, path, passes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    base = globals_of_pack(pack)
    texts = [text for _, text in programs(path)]
    codes = [compile(text, "program", "exec") for text in texts]
    image = Region(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT)
    results = [repr(call(code, base, image)) for code in codes]

    def compiled(text):
        return compile(text, "program", "exec")

    figures = {
        "parse": best(texts, passes, ast.parse),
        "compile": best(texts, passes, compiled),
        "run": best(codes, passes, lambda code: call(code, base, image)),
        "compile_run": best(texts, passes, lambda text: call(compiled(text), base, image)),
        "settrace": best(texts, passes, lambda text: traced(text, base, image, False)),
        "settrace_all": best(texts, passes, lambda text: traced(text, base, image, True)),
        "settrace_values": best(texts, passes, lambda text: traced(text, base, image, False, values)),
        "settrace_all_values": best(
            texts, passes, lambda text: traced(text, base, image, True, values)
        ),
    }
    print(json.dumps({"seconds": figures, "results": results}))


main()
