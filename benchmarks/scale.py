#!/usr/bin/env python3
"""Draws a data set of any size in CLEVR's layout, without pictures: scenes of 3 to 10 things, ten
questions a scene with their functional programs and answers. Written as it is drawn, so that memory
does not grow. The same arguments give the same bytes.

    scale.py FOLDER SAMPLES [--siblings near|scattered|none] [--seed N]

`none`: nearly every question is asked once, as in CLEVR. `near`: pairs of siblings follow each other
by a scene. `scattered`: siblings are anywhere, some 100,000 different questions in all.
"""

import argparse
import json
import os
import random

SIZES = ["small", "large"]
COLORS = ["gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow"]
MATERIALS = ["rubber", "metal"]
SHAPES = ["cube", "sphere", "cylinder"]
KINDS = [("size", SIZES), ("color", COLORS), ("material", MATERIALS), ("shape", SHAPES)]


def thing(rng):
    size, shape = rng.choice(SIZES), rng.choice(SHAPES)
    x, y = rng.uniform(-3, 3), rng.uniform(-3, 3)
    return {
        "size": size, "color": rng.choice(COLORS), "material": rng.choice(MATERIALS), "shape": shape,
        "3d_coords": [round(x, 4), round(y, 4), 0.7 if size == "large" else 0.35],
        "pixel_coords": [int(240 + 60 * x), int(160 + 30 * y), round(10 + y, 4)],
        "rotation": round(rng.uniform(0, 360), 4),
    }


def scene(rng, number):
    things = [thing(rng) for _ in range(rng.randint(3, 10))]
    def beside(axis, sign):
        return [[j for j, b in enumerate(things) if j != i
                 and sign * (b["3d_coords"][axis] - a["3d_coords"][axis]) > 0]
                for i, a in enumerate(things)]
    return {
        "image_index": number, "image_filename": f"scene_{number:07}.png", "objects": things,
        "relationships": {"left": beside(0, -1), "right": beside(0, 1),
                          "behind": beside(1, -1), "front": beside(1, 1)},
    }


def description(rng):
    return {kind: rng.choice(values) for kind, values in KINDS if rng.random() < 0.55}


def words(wanted):
    parts = [wanted[kind] for kind in ("size", "color", "material") if kind in wanted]
    return " ".join(parts + [wanted.get("shape", "thing") + "s"])


def chain(steps, wanted):
    steps.append({"type": "scene", "inputs": [], "value_inputs": []})
    for kind, value in wanted.items():
        steps.append({"type": f"filter_{kind}", "inputs": [len(steps) - 1], "value_inputs": [value]})
    return len(steps) - 1


def fits(thing, wanted):
    return all(thing[kind] == value for kind, value in wanted.items())


def question(wanted, scene):
    """Are there more A than B [or C]?"""
    steps, ends, counts = [], [], []
    for sets in wanted:
        at = chain(steps, sets[0])
        for other in sets[1:]:
            also = chain(steps, other)
            steps.append({"type": "union", "inputs": [at, also], "value_inputs": []})
            at = len(steps) - 1
        steps.append({"type": "count", "inputs": [at], "value_inputs": []})
        ends.append(len(steps) - 1)
        counts.append(sum(any(fits(t, s) for s in sets) for t in scene["objects"]))
    steps.append({"type": "greater_than", "inputs": ends, "value_inputs": []})
    text = [" or ".join(words(s) for s in sets) for sets in wanted]
    return f"Are there more {text[0]} than {text[1]}?", counts[0] > counts[1], steps


def main():
    args = argparse.ArgumentParser()
    args.add_argument("folder")
    args.add_argument("samples", type=int)
    args.add_argument("--siblings", choices=["none", "near", "scattered"], default="none")
    args.add_argument("--seed", type=int, default=0)
    args = args.parse_args()
    rng = random.Random(args.seed)
    os.makedirs(args.folder, exist_ok=True)
    with open(f"{args.folder}/scale_questions.json", "w") as questions, \
            open(f"{args.folder}/scale_scenes.json", "w") as scenes:
        questions.write('{"questions": [\n')
        scenes.write('{"scenes": [\n')
        asked = []
        for i in range(args.samples):
            if i % 10 == 0:
                here = scene(rng, i // 10)
                scenes.write((",\n" if i else "") + json.dumps(here))
                if args.siblings != "near" or i // 10 % 2 == 0:
                    more = () if args.siblings == "scattered" else (0,)
                    asked = [((description(rng), *(description(rng) for _ in more)),
                              (description(rng),)) for _ in range(10)]
            text, answer, program = question(asked[i % 10], here)
            row = {"image_filename": here["image_filename"], "question_index": i, "question": text,
                   "answer": answer, "program": program}
            questions.write((",\n" if i else "") + json.dumps(row))
        questions.write("\n]}\n")
        scenes.write("\n]}\n")


main()
