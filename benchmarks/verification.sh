#!/usr/bin/env bash
# How far a right answer is more than luck: precision and yield of V1, V1+V2 and V1+V3 on NLVR dev.
#
#   benchmarks/verification.sh [--locked] [OPTIONS OF fact run, such as --propose bank,llm:MODEL@URL]
#
# The data is in $FACT_DATA/nlvr/dev, or ../shared/data/nlvr/dev beside the project. One image of a
# sentence is seen; its siblings only score.
#
# Without --locked: the two unlocked thirds. Fits a calibration on them and prints its cross-fitted
# quality; CALIBRATION=FILE and REPORT=FILE keep both.
# With --locked: the locked third, judged by the calibration that is shipped (or CALIBRATION=FILE).
# Locked sentences are for a final report: look at the numbers once, and at no sentence.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${FACT_DATA:-../shared/data}/nlvr/dev
if [[ ! -f $data/dev.json ]]; then
  echo "error: no NLVR dev data at $data" >&2
  echo "hint: set FACT_DATA to the folder that holds nlvr/dev/dev.json" >&2
  exit 2
fi
locked=
if [[ ${1:-} == --locked ]]; then
  locked=1
  shift
fi

cargo build --locked --release -p fact-cli >&2
fact=${CARGO_TARGET_DIR:-target}/release/fact
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common=(--quiet --pack blocks --perception pixels --propose bank "$@")

# Processor minutes of the children so far.
minutes() {
  python3 -c '
import sys
ticks = open(f"/proc/{sys.argv[1]}/stat").read().rsplit(") ", 1)[1].split()
import os
print(f"{(int(ticks[13]) + int(ticks[14])) / os.sysconf(os.sysconf_names[\"SC_CLK_TCK\"]) / 60:.2f}")' $$
}

if [[ -z $locked ]]; then
  "$fact" run --data "nlvr:$data" "${common[@]}" --siblings hide --accept v1 --out "$work/run"
  "$fact" calibrate "$work/run" --out "${CALIBRATION:-$work/calibration.toml}" \
    --report "${REPORT:-$work/report.json}" --note "$(date -u +%F)"
else
  set -- "${common[@]}"
  [[ -n ${CALIBRATION:-} ]] && set -- "$@" --calibration "$CALIBRATION"
  for precision in 0.9 0.95; do
    for answers in use hide; do
      echo "accept $precision, answers: $answers"
      "$fact" run --data "nlvr:$data?locked=only" "$@" --siblings hide --answers "$answers" \
        --accept "$precision" --out "$work/$answers-$precision" ${reuse:+--reuse "$reuse"}
      reuse=$work/$answers-$precision
      python3 - "$work/$answers-$precision/summary.json" <<'PY'
import json, sys
summary = json.load(open(sys.argv[1]))
funnel, truth, questions = (summary[k] for k in ("funnel", "truth", "questions"))
share = lambda n, of: f"{n}/{of} = {100 * n / of:.1f} %" if of else "none"
print("  some candidate right on all samples", share(questions["oracle"], questions["total"]))
print("  yield                              ", share(funnel["accepted"], funnel["samples"]))
print("  precision measured                 ", share(truth["tested_right"], truth["tested"]))
if truth["expected_precision"] is not None:
    print(f"  precision expected                  {100 * truth['expected_precision']:.1f} %")
print("  accuracy                           ", share(truth["right"], truth["labelled"]))
print("  consistency                        ", share(truth["consistent"], truth["questions"]))
PY
    done
  done
fi
echo "processor minutes, the build included if there was one: $(minutes)"
