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
# WITHOUT=ID,… leaves out the sentences of these examples (identifiers such as 12-0).
# WORK=DIR keeps the runs, and goes on with those in it: what a model was paid for stays.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${FACT_DATA:-../shared/data}/nlvr/dev
if [[ ! -f $data/dev.json ]]; then
  echo "error: no NLVR dev data at $data" >&2
  echo "hint: set FACT_DATA to the folder that holds nlvr/dev/dev.json" >&2
  exit 2
fi
locked=
options=
if [[ ${1:-} == --locked ]]; then
  locked=1
  shift
fi

cargo build --locked --release -p fact-cli >&2
fact=${CARGO_TARGET_DIR:-target}/release/fact
if [[ -n ${WORK:-} ]]; then
  work=$WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
if [[ -n ${WITHOUT:-} ]]; then
  python3 - "$data" "$work/data" "$WITHOUT" <<'PY'
import json, os, sys
data, out, identifiers = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
os.makedirs(out, exist_ok=True)
with open(f"{data}/dev.json") as lines:
    rows = [json.loads(line) for line in lines]
unknown = set(identifiers) - {row["identifier"] for row in rows}
if unknown:
    sys.exit(f"error: no example has the identifier {sorted(unknown)[0]}")
left_out = {row["sentence"] for row in rows if row["identifier"] in identifiers}
with open(f"{out}/dev.json", "w") as kept:
    kept.writelines(json.dumps(row) + "\n" for row in rows if row["sentence"] not in left_out)
PY
  options="&images=$(realpath "$data")/images"
  data=$work/data
fi
common=(--quiet --pack blocks --perception pixels)
[[ " $* " == *" --propose "* ]] || common+=(--propose bank)
common+=("$@")

# Processor minutes of the children so far.
minutes() {
  python3 - $$ <<'PY'
import os, sys
ticks = open(f"/proc/{sys.argv[1]}/stat").read().rsplit(") ", 1)[1].split()
minutes = (int(ticks[13]) + int(ticks[14])) / os.sysconf("SC_CLK_TCK") / 60
print(f"{minutes:.2f}")
PY
}

if [[ -z $locked ]]; then
  "$fact" run --data "nlvr:$data${options/&/?}" "${common[@]}" --siblings hide --accept v1 --out "$work/run"
  "$fact" calibrate "$work/run" --out "${CALIBRATION:-$work/calibration.toml}" \
    --report "${REPORT:-$work/report.json}" --note "$(date -u +%F)"
else
  set -- "${common[@]}"
  [[ -n ${CALIBRATION:-} ]] && set -- "$@" --calibration "$CALIBRATION"
  for precision in 0.9 0.95; do
    for answers in use hide; do
      echo "accept $precision, answers: $answers"
      "$fact" run --data "nlvr:$data?locked=only$options" "$@" --siblings hide --answers "$answers" \
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
