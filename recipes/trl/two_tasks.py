"""Two tasks from each sample, with a weight: L = mean over samples of (L_label + λ · L_rationale).

L_label is the mean negative log-probability of the answer's tokens and of the end of the turn, behind the
question with the prefix `[label]`; L_rationale that of the rationale's, behind `[rationale]`. A sample
without rationale has L_rationale = 0.
"""

import json
from pathlib import Path

import datasets
import torch
from trl import SFTTrainer


def read(data, images):
    """The samples of `trl-label.jsonl` and `trl-rationale.jsonl` in the folder `data`, joined by id; the
    paths of images are looked up under `images`."""
    told = {task: lines(Path(data) / f"trl-{task}.jsonl") for task in ("label", "rationale")}
    rationales = {row["id"]: row for row in told["rationale"]}
    samples = []
    for label in told["label"]:
        rationale = rationales.pop(label["id"], None)
        samples.append(
            {
                "id": label["id"],
                "images": [str(Path(images) / path) for path in label["images"]],
                "prompt": json.dumps(label["prompt"]),
                "completion": json.dumps(label["completion"]),
                # Text, because a column of Arrow has one shape, and a sample may have no rationale.
                "rationale_prompt": json.dumps(rationale and rationale["prompt"]),
                "rationale": json.dumps(rationale and rationale["completion"]),
            }
        )
    if rationales:
        raise SystemExit(f"{len(rationales)} rationales are of samples without a label, as {next(iter(rationales))}")
    if not samples:
        raise SystemExit(f"{data}/trl-label.jsonl has no rows")
    made = datasets.Dataset.from_list(samples)
    return made.cast_column("images", datasets.Sequence(datasets.Image()))


def lines(path):
    try:
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        raise SystemExit(f"{path} is not there: fact export RUN --format trl --tasks label,rationale") from None


class TwoTasks:
    """Collates samples to one batch: for each the label's sequence, and the rationale's if it has one.

    `collator` is TRL's own for images and text; `weight` is λ, and 0 leaves the rationales out."""

    def __init__(self, collator, weight):
        self.collator = collator
        self.weight = weight

    def __call__(self, samples):
        rows, weights = [], []
        for sample in samples:
            tasks = [(sample["prompt"], sample["completion"], 1.0)]
            if self.weight > 0:
                tasks.append((sample["rationale_prompt"], sample["rationale"], self.weight))
            for prompt, completion, weight in tasks:
                if (completion := json.loads(completion)) is None:
                    continue
                images = [image.convert("RGB") for image in sample["images"]]
                rows.append({"images": images, "prompt": json.loads(prompt), "completion": completion})
                weights.append(weight)
        batch = self.collator(rows)
        # Divided here, so that the loss of a batch is the mean over its samples, not over its sequences.
        batch["task_weights"] = torch.tensor(weights) / len(samples)
        return batch


class TwoTaskTrainer(SFTTrainer):
    """TRL's trainer with a weight for each sequence."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The loss is a mean over samples, not over tokens: steps of accumulation are to be averaged.
        self.model_accepts_loss_kwargs = False

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        inputs = dict(inputs)
        weights = inputs.pop("task_weights")
        labels = inputs.pop("labels")[:, 1:]
        outputs = model(**inputs, use_cache=False)
        logits = outputs.logits[:, :-1].float()
        each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="none")
        taught = (labels != -100).sum(dim=1)
        if (taught == 0).any():
            raise ValueError("a sequence has nothing to learn: raise --max-length, which cut its completion off")
        loss = (weights * each.sum(dim=1) / taught).sum()
        return (loss, outputs) if return_outputs else loss

    def prediction_step(self, model, inputs, prediction_loss_only, ignore_keys=None):
        # Only the loss: a batch has more sequences than samples, so its logits mean nothing to a caller.
        with torch.no_grad():
            inputs = self._prepare_inputs(inputs)
            return self.compute_loss(model, inputs).detach(), None, None
