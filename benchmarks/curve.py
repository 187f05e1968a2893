#!/usr/bin/env python3
"""Draws yield against precision from reports of `fact calibrate --report`, as SVG.

    benchmarks/curve.py OUT.svg NAME=REPORT.json …

A report may be inside a larger file: NAME=FILE.json:key/key.
"""
import json
import sys

WIDTH, HEIGHT, LEFT, TOP, LOWEST = 560, 380, 60, 20, 0.75
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]  # Okabe and Ito's, told apart by the colour-blind


def load(where):
    path, _, keys = where.partition(".json:")
    report = json.load(open(path + ".json" if keys else path))
    for key in filter(None, keys.split("/")):
        report = report[key]
    return report


def main(out, *named):
    x = lambda share: LEFT + share * (WIDTH - LEFT - 20)
    y = lambda precision: TOP + (1 - precision) / (1 - LOWEST) * (HEIGHT - TOP - 110)
    text = lambda at, to, words, more="": f'<text x="{at:.0f}" y="{to:.0f}" {more}>{words}</text>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12" fill="#333"><title>Precision against yield</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for tenth in range(0, 11, 2):
        parts.append(text(x(tenth / 10), y(LOWEST) + 18, f"{tenth * 10} %", 'text-anchor="middle"'))
    for percent in range(round(LOWEST * 100), 101, 5):
        at = y(percent / 100)
        parts.append(f'<line x1="{x(0)}" x2="{x(1)}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, at + 4, f"{percent} %", 'text-anchor="end"'))
    parts.append(text(x(0.5), y(LOWEST) + 36, "yield: share of questions accepted", 'text-anchor="middle"'))
    parts.append(text(LEFT, TOP - 6, "precision"))
    for at, name_and_file in enumerate(named):
        name, where = name_and_file.split("=", 1)
        report, colour = load(where), COLOURS[at % len(COLOURS)]
        for part, dashes in (("labelled", ""), ("unlabelled", "5 4")):
            points = [(s, p) for s, p in report[part]["curve"] if p >= LOWEST]
            line = " ".join(f"{x(s):.1f},{y(p):.1f}" for s, p in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>')
        down = y(LOWEST) + 56 + 18 * (at // 2)
        across = LEFT + (at % 2) * 240
        parts.append(f'<line x1="{across}" x2="{across + 24}" y1="{down - 4:.0f}" y2="{down - 4:.0f}" stroke="{colour}" stroke-width="2"/>')
        parts.append(text(across + 30, down, name))
    parts.append(text(LEFT, HEIGHT - 8, "solid: with the answer of the one image seen; dashed: without any answer"))
    with open(out, "w") as file:
        file.write("\n".join(parts) + "\n</svg>\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
