"""Answers of a model, a line each, as `fact metrics` and `fact eval` have them: {"id", "answer"}.

    python predict.py --model student --data val/samples.jsonl --images val --out predictions.jsonl
"""

import argparse
import json
from pathlib import Path

import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor


def answer_of(text):
    """The answer of a rationale in the styles `think` and `steps`; the text itself in others."""
    for mark in ("</think>", "\nAnswer: "):
        if mark in text:
            return text.rsplit(mark, 1)[1].strip()
    return text.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, help="JSON lines with `id`, `image` and `question`")
    parser.add_argument("--images", required=True, help="folder that the paths of images start at")
    parser.add_argument("--out", required=True)
    parser.add_argument("--task", choices=["label", "rationale"], default="label", help="which prefix the question gets")
    parser.add_argument("--most", type=int, default=256, help="most new tokens")
    args = parser.parse_args()
    processor = AutoProcessor.from_pretrained(args.model)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForImageTextToText.from_pretrained(args.model).to(device).eval()
    with open(args.data, encoding="utf-8") as rows, open(args.out, "w", encoding="utf-8") as out:
        for row in map(json.loads, rows):
            paths = row["image"] if isinstance(row["image"], list) else [row["image"]]
            parts = [{"type": "image", "image": Image.open(Path(args.images) / path).convert("RGB")} for path in paths]
            parts.append({"type": "text", "text": f"[{args.task}] {row['question']}"})
            inputs = processor.apply_chat_template(
                [{"role": "user", "content": parts}],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
            ).to(device)
            with torch.no_grad():
                written = model.generate(**inputs, max_new_tokens=args.most, do_sample=False)
            text = processor.decode(written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
            told = {"id": row["id"], "answer": answer_of(text)}
            if args.task == "rationale":
                told["rationale"] = text
            out.write(json.dumps(told, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
