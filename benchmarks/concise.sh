#!/usr/bin/env bash
# How long rationales are beside the narrated trace: NLVR dev from pixels with the exemplar bank,
# CLEVR with its functional programs, and a drawn data set.
#
#   benchmarks/concise.sh [OPTIONS OF fact run, such as --limit 300]
#
# The data is in $FACT_DATA/nlvr/dev and $FACT_DATA/clevr, or ../shared/data beside the project; what
# is not there is left out, with a note. Prints Markdown tables: tokens (median and 90th
# percentile) of the narrated trace of the whole program, of that of its residual, of the merged
# evidence and of the rationale, and what slicing kept. docs/styles.md tells what each is, and the
# rule that counts tokens. WORK=DIR keeps the runs, FACT=FILE is a program built before. Needs python3.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${FACT_DATA:-../shared/data}
fact=${FACT:-}
if [[ -z $fact ]]; then
  cargo build --locked --release -p fact-cli >&2
  fact=${CARGO_TARGET_DIR:-target}/release/fact
fi
if [[ -n ${WORK:-} ]]; then
  work=$WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi

# NAME DATA OPTIONS…
run() {
  local name=$1
  shift
  "$fact" run --quiet --out "$work/$name" --data "$@" >&2
  "$fact" check --quiet "$work/$name" >&2
  "$fact" report --json "$work/$name" >"$work/$name.json"
}

names=()
if [[ -f $data/nlvr/dev/dev.json ]]; then
  run nlvr "nlvr:$data/nlvr/dev" --pack blocks --perception pixels --propose bank "$@"
  names+=("nlvr=NLVR dev, pixels, bank")
else
  echo "note: no NLVR dev data in $data/nlvr/dev" >&2
fi
if [[ -d $data/clevr ]]; then
  run clevr "clevr:$data/clevr" --pack scene --perception scene --propose gold "$@"
  names+=("clevr=CLEVR, annotations, gold programs")
else
  echo "note: no CLEVR data in $data/clevr" >&2
fi
"$fact" synth --quiet --out "$work/drawn" --samples 2000 --seed 11
run synth "synth:$work/drawn" "$@"
names+=("synth=drawn (2,000, seed 11), pixels, bank")

python3 - "$work" "${names[@]}" <<'PY'
import json, sys
work, names = sys.argv[1], [name.split("=", 1) for name in sys.argv[2:]]
order = ["off", "slice", "unsliced", "merge", "on"]
rows = []
for form, how in (("plain", "Without boxes"), ("boxed", "With boxes (`--boxes pixel`)")):
    print(f"{how}, median / 90th percentile:\n")
    print("| data | rationales | naive (`off`) | sliced (`slice`) | not sliced (`unsliced`) "
          "| merged (`merge`) | bridged (`on`) | merged of naive | bridged of naive |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, title in names:
        with open(f"{work}/{name}.json") as file:
            lengths = json.load(file)["lengths"]
        if lengths is None:
            continue
        texts = {text["concise"]: text for text in lengths["texts"]}
        if any(text["texts"] != lengths["rationales"] for text in texts.values()):
            sys.exit(f"error: {title}: not every program could be told")
        cells = [f"{texts[how][form]['median']:g} / {texts[how][form]['p90']}" for how in order]
        cells += [f"{100 * texts[how][form]['of_off']:.1f} %" for how in ("merge", "on")]
        print(f"| {title} | {lengths['rationales']} | {' | '.join(cells)} |")
        if form == "plain":
            rows.append((title, lengths["slicing"]))
    print()
print("| data | events kept | statements kept | calls of perception kept |")
print("|---|---|---|---|")
for title, s in rows:
    kept = lambda what: f"{s[what + '_kept']} of {s[what]} ({100 * s[what + '_kept'] / max(s[what], 1):.1f} %)"
    print(f"| {title} | {kept('events')} | {kept('statements')} | {kept('tool_calls')} |")
PY
