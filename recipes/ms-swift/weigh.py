"""Gives each row of the two tasks its weight: what ms-swift multiplies the loss of its tokens with.

ms-swift takes the mean over the tokens of a batch, so that a long rationale counts for more than a short
answer. With the weight T / t for an answer of t tokens and λ · T / t for a rationale of t tokens, T being the
mean of all rows, a batch's loss is about the mean over rows again: L_label + λ · L_rationale.

    python weigh.py --model MODEL --data export --weight 1 --out export/ms-swift-weighted.jsonl
"""

import argparse
import json
from pathlib import Path

from transformers import AutoTokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="name or folder of the model, for its tokenizer")
    parser.add_argument("--data", required=True, help="folder of ms-swift-label.jsonl and ms-swift-rationale.jsonl")
    parser.add_argument("--weight", type=float, default=1.0, help="λ (default: %(default)s)")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    words = AutoTokenizer.from_pretrained(args.model)
    rows = []
    for task, weight in (("label", 1.0), ("rationale", args.weight)):
        with open(Path(args.data) / f"ms-swift-{task}.jsonl", encoding="utf-8") as file:
            for row in map(json.loads, file):
                if "<bbox>" in row["messages"][1]["content"]:
                    raise SystemExit("how long boxes become is not known before: export with --boxes-for, not with objects")
                tokens = len(words(row["messages"][1]["content"], add_special_tokens=False)["input_ids"])
                rows.append((row, weight, tokens))
    mean = sum(tokens for *_, tokens in rows) / len(rows)
    with open(args.out, "w", encoding="utf-8") as out:
        for row, weight, tokens in rows:
            row["messages"][1]["loss_scale"] = weight * mean / tokens
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
