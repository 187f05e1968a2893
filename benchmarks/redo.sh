#!/usr/bin/env bash
# What changing `--accept` costs: a run over a drawn data set is done again with another rule, and
# compared with a fresh run under that rule. Prints a row of the table in docs/store.md for each kind
# of run, in seconds of wall clock (processor): fresh, redone by BEFORE, redone, and a session that has
# nothing to do.
#
#   benchmarks/redo.sh SAMPLES [KIND…]      KIND: bank, gold; both if none is given
#
# FACT is the program (default: target/release/fact); BEFORE, if given, another build of it to compare
# with, whose store version is at most that of FACT.
set -euo pipefail
samples=$1
shift
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(bank gold)
fact=$(realpath "${FACT:-target/release/fact}")
before=${BEFORE:+$(realpath "$BEFORE")}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$fact" synth --quiet --out data --samples "$samples"

# Seconds of a command: wall clock (processor).
TIMEFORMAT='%R %U %S'
took() {
    local times
    times=$({ time "$@" > /dev/null 2> said; } 2>&1) || { cat said >&2; exit 1; }
    awk '{ printf "%.1f (%.1f)", $1, $2 + $3 }' <<< "$times"
}

for kind in "${kinds[@]}"; do
    case $kind in
        bank) kind_args=(--propose bank) ;;
        gold) kind_args=(--propose gold --perception scene) ;;
        *) echo "no kind $kind" >&2; exit 2 ;;
    esac
    run=(run --quiet --data synth:data "${kind_args[@]}")
    "${before:-$fact}" "${run[@]}" --out first
    cp -r first redone
    fresh=$(took "$fact" "${run[@]}" --accept v1 --out fresh)
    old="-"
    if [ -n "$before" ]; then
        old=$(took "$before" "${run[@]}" --accept v1 --redo --out first)
    fi
    new=$(took "$fact" "${run[@]}" --accept v1 --redo --out redone)
    for out in fresh redone; do
        "$fact" export "$out" --format jsonl --out "$out-export" --quiet
    done
    cmp fresh-export/samples.jsonl redone-export/samples.jsonl
    cmp fresh/summary.json redone/summary.json
    # Reading the data set, summary and report, which every session does.
    floor=$(took "$fact" "${run[@]}" --accept v1 --out redone)
    echo "| $kind | $samples | $fresh | $old | $new | $floor |"
    rm -rf first fresh redone ./*-export
done
