#!/usr/bin/env bash
# Students on NLVR: answers alone, with rationales, with rationales of other samples, asked about dev.
#
#   experiments/nlvr.sh OUT
#
# Reads train and dev in $FACT_DATA/nlvr, or ../shared/data/nlvr beside the project. They learn drawn boxes with
# their programs' rationales, and NLVR's training sentences with those that programs of the bank give from pixels;
# a tenth of these sentences validates. The same first weights, steps and examples in all arms; dev is asked once.
# STEPS, SIZE and FACT (a program built with the feature `student`) can be set. Needs python3. A training that was
# stopped goes on with the same command.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:?which folder to write}
nlvr=${FACT_DATA:-../shared/data}/nlvr
steps=${STEPS:-3000}
size=${SIZE:-S}
fact=${FACT:-}
if [[ ! -d $nlvr/train ]]; then
  echo "$nlvr/train is not there; set FACT_DATA to the folder that holds nlvr" >&2
  exit 2
fi
if [[ -z $fact ]]; then
  cargo build --locked --release -p fact-cli --features student >&2
  fact=${CARGO_TARGET_DIR:-target}/release/fact
fi
mkdir -p "$out"

# NAME DATA PROPOSER: rows with rationales, and all their images under one folder.
rows() {
  "$fact" run --quiet --data "$2" --pack blocks --perception pixels --propose "$3" --out "$out/runs/$1" >&2
  "$fact" export "$out/runs/$1" --quiet --format jsonl --out "$out/rows/$1" >&2
}

if [[ ! -f $out/rows/val.jsonl ]]; then
  "$fact" synth --world blocks --samples 20000 --seed 5 --out "$out/images/blocks" --quiet
  # Copies: links that lead out of the folder of images are refused.
  cp -r "$nlvr/train" "$nlvr/dev" "$out/images/"
  rows blocks "synth:$out/images/blocks" gold
  rows train "nlvr:$nlvr/train" bank
  rows dev "nlvr:$nlvr/dev" bank
  python3 - "$out" "$nlvr" <<'PY'
import json
import sys

out, nlvr = sys.argv[1:]


def rows(name):
    for line in open(f"{out}/rows/{name}/samples.jsonl"):
        row = json.loads(line)
        kept = {key: row[key] for key in ("id", "question", "answer")}
        kept["image"] = f"{name}/{row['image']}"
        kept["rationale"] = row["rationale"] if row["accepted"] else None
        yield kept


def write(name, rows):
    # Whole or not at all: the last one says that all are there.
    with open(f"{out}/rows/{name}.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


train = list(rows("train"))
held = [row for row in train if int(row["id"].split("-")[1]) % 10 == 0]
taught = list(rows("blocks")) + [row for row in train if row not in held]
# Each rationale goes to the next sample of about its length with another sentence.
told = sorted((row for row in taught if row["rationale"]), key=lambda row: len(row["rationale"]))
texts = [row["rationale"] for row in told]
step = next(
    step
    for step in range(1, len(told))
    if all(row["question"] != told[at - step]["question"] for at, row in enumerate(told))
)
for at, row in enumerate(told):
    row["placebo"] = texts[at - step]
dev = list(rows("dev"))
asked = {row["id"].rsplit("-", 1)[0] for row in dev}
labels = [json.loads(line) for line in open(f"{nlvr}/dev/dev.json")]
write("train", taught)
write("dev", dev)
write("labels", (label for label in labels if f"dev-{label['identifier']}" in asked))
write("val", held)
PY
fi

# ARM OPTIONS…
arm() {
  "$fact" teach --train "$out/rows/train.jsonl" --val "$out/rows/val.jsonl" --images "$out/images" \
    --vocabulary "$out/vocabulary/vocabulary.json" --size "$size" --image 192x48 --stride 12 --steps "$steps" \
    --out "$out/$1" "${@:2}"
  "$fact" eval "$out/$1/$size" --data "$out/rows/dev.jsonl" --images "$out/images" --out "$out/$1.jsonl"
}

# The pieces and positions of the richest texts are all arms': one step is enough to learn them.
if [[ ! -f $out/vocabulary/vocabulary.json ]]; then
  "$fact" teach --quiet --train "$out/rows/train.jsonl" --val "$out/rows/val.jsonl" --images "$out/images" \
    --size 32x1 --image 192x48 --stride 12 --steps 1 --out "$out/vocabulary"
fi
arm label --objective label
arm fact --objective fact
arm placebo --objective fact --rationale placebo
for one in fact placebo; do
  "$fact" metrics nlvr --data "$out/rows/labels.jsonl" --predictions "$out/$one.jsonl" --against "$out/label.jsonl"
done
"$fact" metrics nlvr --data "$out/rows/labels.jsonl" --predictions "$out/fact.jsonl" --against "$out/placebo.jsonl"
