"""Runs residual programs in CPython on their recorded answers.

    python3 replay.py PACK < lines

A line is an object with `source` and `answers`; the answer is a line with the `repr` of the result or the
name of the exception. `Region`, `Detection` and the decorators are what our interpreter brings along.
"""

import __future__

import json
import sys


class Region:
    def __init__(self, box):
        self.left, self.top, self.right, self.bottom = box

    def box(self):
        return [self.left, self.top, self.right, self.bottom]


class Detection:
    def __init__(self, found):
        self.region = Region(found["box"])
        self.label = found["label"]
        self.score = found["score"]
        self.id = found.get("id")
        self.attributes = dict(found.get("attributes", {}))


ANSWERS = []


def primitive(function):
    def ask(region, *args):
        for recorded in ANSWERS:
            request = recorded["request"]
            given = [value for _, value in request["args"]]
            if request["region"] == region.box() and given == list(args):
                return [Detection(d) for d in recorded["answer"]["detections"]]
        raise LookupError("an unanswered call")

    return ask


def decorator(*_, **__):
    return lambda function: function


def main():
    base = {name: decorator for name in ("says", "compares", "element", "wraps_input")}
    base.update(primitive=primitive, Region=Region, Detection=Detection)
    exec("from typing import *", base)
    with open(sys.argv[1], encoding="utf-8") as file:
        annotations = __future__.annotations.compiler_flag
        exec(compile(file.read(), "pack", "exec", annotations), base)
    out = sys.stdout
    # What programs print is no answer.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        case = json.loads(line)
        ANSWERS[:] = case["answers"]
        names = dict(base)
        try:
            exec(case["source"], names)
            image = base["Image"](Region(case["region"]))
            result = repr(names["execute_command"](image))
        except Exception as error:
            result = type(error).__name__
        print(json.dumps(result), file=out, flush=True)


main()
