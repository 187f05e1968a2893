"""Writes expected.jsonl beside this script: what CPython 3.11 makes of every program here.

Run with CPython 3.11:  python3.11 generate.py [--stdout]
A line is {file, outcome, output} with repr for "returned", class and message for "raised".
"""

import collections
import contextlib
import functools
import io
import itertools
import json
import math
import pathlib
import re
import statistics
import string
import sys
import typing

HERE = pathlib.Path(__file__).parent
# What a program finds without importing it.
GLOBALS = {
    "math": math,
    "re": re,
    "collections": collections,
    "itertools": itertools,
    "functools": functools,
    "statistics": statistics,
    "string": string,
    "List": typing.List,
    "Dict": typing.Dict,
    "Tuple": typing.Tuple,
    "Union": typing.Union,
    "Optional": typing.Optional,
}


def run(path):
    """The line of one program."""
    line = {"file": path.relative_to(HERE).as_posix()}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            names = dict(GLOBALS)
            exec(compile(path.read_text(), path.name, "exec"), names)
            line |= {"outcome": "returned", "repr": repr(names["execute_command"](None))}
        except Exception as error:
            line |= {"outcome": "raised", "class": type(error).__name__, "message": str(error)}
    line["output"] = output.getvalue()
    return line


def main():
    assert sys.version_info[:2] == (3, 11), sys.version
    sys.path = [entry for entry in sys.path if pathlib.Path(entry or ".").resolve() != HERE.resolve()]
    files = sorted(HERE.glob("*/*.py"), key=lambda p: p.relative_to(HERE).as_posix())
    text = "".join(json.dumps(run(path), ensure_ascii=True) + "\n" for path in files)
    if "--stdout" in sys.argv:
        sys.stdout.write(text)
    else:
        (HERE / "expected.jsonl").write_text(text)


main()
