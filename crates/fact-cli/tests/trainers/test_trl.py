"""TRL's own collator and trainer on the export `trl`, with a tiny model on the processor."""

import json
import re

import pytest
from conftest import HOSTILE, rows

torch = pytest.importorskip("torch")
datasets = pytest.importorskip("datasets")
trl = pytest.importorskip("trl", minversion="1.0")
from transformers import AutoModelForImageTextToText, AutoProcessor  # noqa: E402
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling  # noqa: E402


def read(world, cache, *more, file="trl.jsonl", run="run"):
    """The export as TRL's documentation reads such data."""
    path = str(world.export("trl", *more, run=run) / file)
    made = datasets.load_dataset("json", data_files=path, split="train", cache_dir=str(cache))
    made = made.map(lambda row: {"images": [str(world.images / image) for image in row["images"]]})
    return made.cast_column("images", datasets.Sequence(datasets.Image()))


def taught(processor, labels):
    return processor.tokenizer.decode([token for token in labels.tolist() if token != -100])


@pytest.mark.parametrize("style", ["plain", "think", "steps"])
@pytest.mark.parametrize("boxes", [(), ("--boxes", "norm1000"), ("--boxes-for", "qwen2-vl"), ("--boxes-for", "qwen2.5-vl")])
def test_the_text_and_nothing_else_is_taught(world, tiny, tmp_path, style, boxes):
    more = ("--style", style, *boxes)
    data = read(world, tmp_path, *more)
    told = rows(world.export("trl", *more) / "trl.jsonl")
    processor = AutoProcessor.from_pretrained(tiny)
    collator = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    batch = collator([data[at] for at in range(len(data))])
    for labels, row in zip(batch["labels"], told):
        text = row["completion"][0]["content"][0]["text"]
        assert taught(processor, labels) == f"{text}<|im_end|>\n"
    # Markers of boxes are tokens of the model, not spelled out.
    marker = processor.tokenizer.convert_tokens_to_ids("<|box_start|>")
    assert (batch["labels"] == marker).any() == ("qwen2-vl" in boxes)


def test_pixels_of_the_resized_picture_are_those_of_the_processor(world):
    """Our preset `qwen2.5-vl` resizes as transformers does."""
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    def boxes(*more):
        text = (world.export("trl", *more) / "trl.jsonl").read_text()
        return [[int(number) for number in box] for box in re.findall(r"\[(\d+), ?(\d+), ?(\d+), ?(\d+)\]", text)]

    resized, pixels = boxes("--boxes-for", "qwen2.5-vl"), boxes("--boxes", "pixel")
    assert len(resized) == len(pixels) > 16
    height, width = smart_resize(110, 150, factor=28, min_pixels=56 * 56, max_pixels=28 * 28 * 16384)
    assert (height, width) != (110, 150)
    for ours, box in zip(resized, pixels):
        theirs = [box[0] * width / 150, box[1] * height / 110, box[2] * width / 150, box[3] * height / 110]
        assert ours == pytest.approx(theirs, abs=1), (ours, theirs)


def test_images_reach_the_model(world, tiny, tmp_path):
    data = read(world, tmp_path)
    processor = AutoProcessor.from_pretrained(tiny)
    collator = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    batch = collator([data[0], data[5]])
    patches = batch["image_grid_thw"].prod(dim=1)
    image = processor.tokenizer.convert_tokens_to_ids("<|image_pad|>")
    assert (batch["input_ids"] == image).sum(dim=1).tolist() == (patches // 4).tolist()
    first, second = batch["pixel_values"].split(patches.tolist())
    assert first.std() > 0.05 and second.std() > 0.05
    assert first.shape != second.shape or not torch.equal(first, second)
    model = AutoModelForImageTextToText.from_pretrained(tiny)
    with torch.no_grad():
        seen = model(**batch).loss
        batch["pixel_values"] = batch["pixel_values"].flip(0)
        assert model(**batch).loss != seen


def test_a_question_brings_no_marker(world, tiny, tmp_path):
    data = read(world, tmp_path, "--tasks", "label", file="trl-label.jsonl")
    processor = AutoProcessor.from_pretrained(tiny)
    collator = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    hostile = [row for row in data if row["id"] == "hostile"]
    plain = [row for row in data if row["images"][0] == hostile[0]["images"][0]]
    assert plain[0]["id"] != "hostile"
    counts = []
    for row in (plain[0], hostile[0]):
        ids = collator([row])["input_ids"][0].tolist()
        counts.append([ids.count(special) for special in sorted(processor.tokenizer.all_special_ids)])
    assert counts[0] == counts[1], HOSTILE


def test_two_pictures_of_a_question_are_two(world, tiny, tmp_path):
    data = read(world, tmp_path, "--tasks", "label", file="trl-label.jsonl", run="pairs")
    processor = AutoProcessor.from_pretrained(tiny)
    batch = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)([data[0], data[1]])
    start = processor.tokenizer.convert_tokens_to_ids("<|vision_start|>")
    assert (batch["input_ids"] == start).sum(dim=1).tolist() == [2, 2]
    assert len(batch["image_grid_thw"]) == 4


def test_the_trainer_learns(world, tiny, tmp_path):
    data = read(world, tmp_path / "cache", "--style", "think").select(range(8))
    trainer = trl.SFTTrainer(
        model=AutoModelForImageTextToText.from_pretrained(tiny),
        processing_class=AutoProcessor.from_pretrained(tiny),
        train_dataset=data,
        args=trl.SFTConfig(
            output_dir=str(tmp_path / "out"),
            max_steps=8,
            per_device_train_batch_size=8,
            learning_rate=1e-2,
            lr_scheduler_type="constant",
            logging_steps=1,
            report_to="none",
            save_strategy="no",
            max_length=None,
            use_cpu=True,
        ),
    )
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    losses = [float(loss) for loss in losses]
    assert len(losses) == 8 and all(0 < loss < 20 for loss in losses), losses
    assert losses[-1] < 0.8 * losses[0], json.dumps(losses)
