#!/usr/bin/env bash
# How many certificates `fact check` re-checks in a second: in full, with --fast, and, for
# comparison, how many samples the same run makes in a second (perception, proposals, slices and
# certificates: what one would repeat without certificates). Two threads each, in turns.
#
#   benchmarks/check.sh [SAMPLES [ROUNDS]]
#
# Draws SAMPLES images (4000; half of them or more get a certificate), runs them and exports the
# run. ROUNDS (3) times each: wall-clock and processor seconds; a run is repeated with the first 400
# samples only, since it takes a hundred times as long as a check. Prints the median and the spread.
# WORK=DIR keeps images, run and export, and goes on with those in it. FACT=FILE is the program to
# measure. With what is said here it takes about two minutes of an idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

samples=${1:-4000}
rounds=${2:-3}
if [[ -z ${FACT:-} ]]; then
  cargo build --locked --release -p fact-cli >&2
fi
fact=${FACT:-${CARGO_TARGET_DIR:-target}/release/fact}
if [[ -n ${WORK:-} ]]; then
  work=$WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
make=(run --data "synth:$work/data" --pack blocks --perception pixels --propose bank --quiet)
[[ -d $work/data ]] || "$fact" synth --out "$work/data" --samples "$samples" --quiet
"$fact" "${make[@]}" --out "$work/run"
[[ -f $work/out/samples.jsonl ]] ||
  "$fact" export "$work/run" --format jsonl --out "$work/out" --quiet

python3 - "$fact" "$work" "$rounds" "${make[@]}" <<'PY'
import json, os, resource, statistics, subprocess, sys, time
fact, work, rounds, make = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
two = ["--threads", "2"]
again = 400
tasks = {
    "check --fast, JSONL": ["check", f"{work}/out/samples.jsonl", "--fast", "--json", *two],
    "check --fast, run": ["check", f"{work}/run", "--fast", "--json", *two],
    "check, JSONL": ["check", f"{work}/out/samples.jsonl", "--json", *two],
    "run again": [*make, "--limit", str(again), "--out", f"{work}/again", "--fresh", *two],
}
with open(f"{work}/out/samples.jsonl") as rows:
    first = [json.loads(row)["certificate"] for _, row in zip(range(again), rows)]
made = len([certificate for certificate in first if certificate])
wall = {name: [] for name in tasks}
cpu = {name: [] for name in tasks}
checked = None
for _ in range(rounds):
    for name, arguments in tasks.items():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        done = subprocess.run([fact, *arguments], stdout=subprocess.PIPE, check=True)
        wall[name].append(time.monotonic() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.stdout:
            checked = json.loads(done.stdout)["checked"]
print(f"{checked} certificates, {rounds} rounds in turns, 2 threads")
for name in tasks:
    count = made if name == "run again" else checked
    rate = lambda times: [count / t for t in sorted(times)]
    w, c = rate(wall[name]), rate(cpu[name])
    print(
        f"{name:22} {statistics.median(w):8.0f} certificates/s ({w[-1]:.0f} to {w[0]:.0f}),"
        f" {statistics.median(c):7.0f} a processor second ({c[-1]:.0f} to {c[0]:.0f})"
    )
base = [t * checked / made for t in cpu["run again"]]
for name in list(tasks)[:-1]:
    ratios = sorted(b / t for b, t in zip(base, cpu[name]))
    print(
        f"{name} against running again: {statistics.median(ratios):.1f} times as fast"
        f" ({ratios[0]:.1f} to {ratios[-1]:.1f}), by processor time"
    )
PY
