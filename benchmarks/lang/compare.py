"""Runs both sides in turns and prints the table: see ../lang.sh."""

import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACK = os.path.join(HERE, "../../crates/fact-lang/packs/viper.py")
PROGRAMS = os.path.join(HERE, "programs.py")


def side(core, command):
    out = subprocess.run(["taskset", "-c", core, *command], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def spread(values, form):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:{form}} [{low:{form}}–{high:{form}}]"


def main():
    rounds, passes, core, binary = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    python = [sys.executable, os.path.join(HERE, "cpython.py"), PACK, PROGRAMS, passes]
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(side(core, [binary, PROGRAMS, passes]))
        theirs.append(side(core, python))
    if ours[0]["results"] != theirs[0]["results"]:
        for a, b in zip(ours[0]["results"], theirs[0]["results"]):
            if a != b:
                print(f"error: the sides differ: {a} against CPython's {b}", file=sys.stderr)
        sys.exit(1)
    count = len(ours[0]["results"])

    def row(label, runs, figure):
        micros = [run["seconds"][figure] / count * 1e6 for run in runs]
        rate = [1e3 / m for m in micros]
        print(f"| {label} | {spread(micros, '.2f')} | {spread(rate, '.1f')} |")

    def ratio(label, slow, fast):
        values = [t["seconds"][slow] / o["seconds"][fast] for o, t in zip(ours, theirs)]
        print(f"| {label} | {spread(values, '.2f')} |")

    print(f"{count} programs, {rounds} rounds, CPython {sys.version.split()[0]}; median [least–greatest]\n")
    print("| | µs a program | thousand programs/s |\n|---|---|---|")
    row("fact-lang: parse", ours, "parse")
    row("fact-lang: run, full trace", ours, "run")
    row("fact-lang: parse and run, full trace", ours, "parse_run")
    row("CPython: `ast.parse`", theirs, "parse")
    row("CPython: `compile`", theirs, "compile")
    row("CPython: run of compiled programs", theirs, "run")
    row("CPython: compile and run", theirs, "compile_run")
    row("CPython: compile and run, `settrace` with locals in the program", theirs, "settrace")
    row("CPython: compile and run, `settrace` with locals everywhere", theirs, "settrace_all")
    row("CPython: `settrace` with values of locals in the program", theirs, "settrace_values")
    row("CPython: `settrace` with values of locals everywhere", theirs, "settrace_all_values")
    print("\n| CPython's time over ours | ratio |\n|---|---|")
    ratio("`ast.parse` / parse", "parse", "parse")
    ratio("`compile` / parse", "compile", "parse")
    ratio("run without trace / run with full trace", "run", "run")
    ratio("compile and run without trace / parse and run with full trace", "compile_run", "parse_run")
    ratio("`settrace` in the program / parse and run with full trace", "settrace", "parse_run")
    ratio("`settrace` everywhere / parse and run with full trace", "settrace_all", "parse_run")
    ratio("`settrace` with values in the program / the same", "settrace_values", "parse_run")
    ratio("`settrace` with values everywhere / the same", "settrace_all_values", "parse_run")
    events, size = ours[0]["events"], ours[0]["bytes"]
    print("\n| trace of a program | median | greatest |\n|---|---|---|")
    print(f"| events | {statistics.median(events):.0f} | {max(events)} |")
    print(f"| bytes | {statistics.median(size):.0f} | {max(size)} |")
    print(f"| bytes an event | {sum(size) / sum(events):.0f} | |")


main()
