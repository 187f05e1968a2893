"""The recipe for TRL: the weighted objective is what it says, and its scripts run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES

torch = pytest.importorskip("torch")
pytest.importorskip("trl", minversion="1.0")
from transformers import AutoModelForImageTextToText, AutoProcessor  # noqa: E402
from trl import SFTConfig  # noqa: E402
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling  # noqa: E402

RECIPE = Path(__file__).parents[4] / "recipes/trl"
sys.path.insert(0, str(RECIPE))
TASKS = ("--tasks", "label,rationale", "--style", "think", "--boxes-for", "qwen2-vl")


def trainer_of(world, tiny, out, weight):
    from two_tasks import TwoTasks, TwoTaskTrainer, read

    processor = AutoProcessor.from_pretrained(tiny)
    collator = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    return TwoTaskTrainer(
        model=AutoModelForImageTextToText.from_pretrained(tiny),
        processing_class=processor,
        train_dataset=read(world.export("trl", *TASKS), world.images),
        data_collator=TwoTasks(collator, weight),
        args=SFTConfig(
            output_dir=str(out),
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=None,
            report_to="none",
            use_cpu=True,
        ),
    )


def test_the_loss_is_that_of_the_formula(world, tiny, tmp_path):
    weight = 0.25
    trainer = trainer_of(world, tiny, tmp_path, weight)
    data = trainer.train_dataset
    model = trainer.model.eval()
    samples = [data[0], data[3], data[SAMPLES]]
    assert json.loads(samples[2]["rationale"]) is None, "a sample that teaches its answer only"
    inner = trainer.data_collator.collator
    expected = 0.0
    for sample in samples:
        tasks = [(sample["prompt"], sample["completion"], 1.0), (sample["rationale_prompt"], sample["rationale"], weight)]
        for prompt, completion, share in tasks:
            if json.loads(completion) is None:
                continue
            # One sequence at a time, without padding: transformers' own loss is the mean over its tokens.
            row = {"images": sample["images"], "prompt": json.loads(prompt), "completion": json.loads(completion)}
            with torch.no_grad():
                expected += share * model(**inner([row])).loss.item() / len(samples)
    batch = trainer.data_collator(samples)
    assert batch["labels"].shape[0] == 5
    with torch.no_grad():
        assert trainer.compute_loss(model, batch).item() == pytest.approx(expected, rel=1e-4)
        only = trainer_of(world, tiny, tmp_path, 0.0).data_collator(samples)
        assert only["labels"].shape[0] == 3
        assert trainer.compute_loss(model, only).item() < expected


@pytest.mark.parametrize("lora", [0, 4])
def test_the_scripts_run(world, tiny, tmp_path, lora):
    if lora:
        pytest.importorskip("peft")
    student = tmp_path / "student"
    run = lambda script, *args: subprocess.run(  # noqa: E731
        [sys.executable, RECIPE / script, *map(str, args)], check=True, cwd=tmp_path
    )
    data = ["--data", world.export("trl", *TASKS), "--images", world.images]
    steps = 2 if lora else 8
    how = ["--steps", steps, "--batch", 4, "--accumulate", 2, "--rate", 1e-2, "--lora", lora]
    run("train.py", "--model", tiny, *data, "--out", student, *how)
    history = json.loads((student / "trainer_state.json").read_text())["log_history"]
    losses = [float(entry["loss"]) for entry in history if "loss" in entry]
    assert len(losses) == steps
    if not lora:
        assert losses[-1] < 0.8 * losses[0], losses

    before = AutoModelForImageTextToText.from_pretrained(tiny).state_dict()
    after = AutoModelForImageTextToText.from_pretrained(student).state_dict()
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)

    questions = world.folder / "data/presence-random"
    answers = tmp_path / "predictions.jsonl"
    asked = ["--data", questions / "samples.jsonl", "--images", questions, "--most", 4]
    run("predict.py", "--model", student, *asked, "--out", answers)
    told = world.fact("metrics", "pope", "--data", questions / "pope.jsonl", "--predictions", answers)
    assert "accuracy" in told
