"""The CPython side of the benchmark: the same programs on the same pack, `viper.py`, executed by
CPython on a small prelude that stands for what our interpreter brings along (`Region`, `Detection`,
`primitive` and the decorators). Perception is the stub of `stub.py`.

    python3.11 cpython.py PACK PROGRAMS SECONDS

prints one JSON object: seconds for one pass over all programs, by figure, and what each returned.
"""

import __future__

import ast
import json
import sys
import time

from stub import Region, STUBS

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
        "Region": Region,
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


def tracer(everywhere):
    """Records line and locals at every line: of the program, or of the pack too."""
    records = []

    def local(frame, event, _):
        if event == "line":
            records.append((frame.f_lineno, dict(frame.f_locals)))
        return local

    def enter(frame, event, _):
        if everywhere or frame.f_code.co_filename == "program":
            return local
        return None

    return enter, records


def traced(source, base, image, everywhere):
    enter, records = tracer(everywhere)
    code = compile(source, "program", "exec")
    sys.settrace(enter)
    try:
        call(code, base, image)
    finally:
        sys.settrace(None)
    return records


def best(function, seconds):
    """Seconds of the fastest pass: the one that others on the machine disturbed least."""
    end = time.perf_counter() + seconds
    fastest = float("inf")
    while True:
        start = time.perf_counter()
        if start > end:
            return fastest
        function()
        fastest = min(fastest, time.perf_counter() - start)


def main():
    pack, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    base = globals_of_pack(pack)
    texts = [text for _, text in programs(path)]
    codes = [compile(text, "program", "exec") for text in texts]
    image = Region(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT)
    results = [repr(call(code, base, image)) for code in codes]

    def parse():
        for text in texts:
            ast.parse(text)

    def compile_only():
        for text in texts:
            compile(text, "program", "exec")

    def run():
        for code in codes:
            call(code, base, image)

    def compile_run():
        for text in texts:
            call(compile(text, "program", "exec"), base, image)

    def settrace():
        for text in texts:
            traced(text, base, image, False)

    def settrace_all():
        for text in texts:
            traced(text, base, image, True)

    figures = {
        "parse": best(parse, seconds),
        "compile": best(compile_only, seconds),
        "run": best(run, seconds),
        "compile_run": best(compile_run, seconds),
        "settrace": best(settrace, seconds),
        "settrace_all": best(settrace_all, seconds),
    }
    records = sum(len(traced(text, base, image, False)) for text in texts)
    print(json.dumps({"seconds": figures, "results": results, "records": records}))


main()
