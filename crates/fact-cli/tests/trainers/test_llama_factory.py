"""LLaMA-Factory's own loader, converter and processor on the exports, and its trainer on the recipe."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES, rows

pytest.importorskip("llamafactory")
yaml = pytest.importorskip("yaml")

RECIPE = Path(__file__).parents[4] / "recipes/llama-factory"
IMAGES = {"image_min_pixels": 56 * 56, "image_max_pixels": 112 * 112}
SHAREGPT = {"formatting": "sharegpt", "columns": {"messages": "conversations", "images": "images"}}
LLAVA = {"formatting": "sharegpt", "columns": {"messages": "conversations", "images": "image"}}


def prepare(world, tiny, folder, names, out):
    """What LLaMA-Factory makes of data sets in a folder, up to tokens, and its tokenizer."""
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    model_args, data_args, training_args, _, _ = get_train_args(
        {
            "stage": "sft",
            "do_train": True,
            "model_name_or_path": str(tiny),
            "template": "qwen2_vl",
            "dataset": names,
            "dataset_dir": str(folder),
            "media_dir": str(world.images),
            "output_dir": str(out),
            "cutoff_len": 2048,
            "overwrite_cache": True,
            "report_to": "none",
            **IMAGES,
        }
    )
    loaded = load_tokenizer(model_args)
    template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
    made = get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)
    return made["train_dataset"], loaded["tokenizer"]


@pytest.mark.parametrize(
    "form,file,columns,more",
    [
        ("sharegpt", "sharegpt.json", SHAREGPT, ()),
        ("sharegpt", "sharegpt.json", SHAREGPT, ("--style", "think", "--boxes", "norm1000")),
        ("sharegpt", "sharegpt.json", SHAREGPT, ("--style", "steps", "--boxes-for", "qwen2-vl")),
        ("sharegpt", "sharegpt-label.json", SHAREGPT, ("--tasks", "label")),
        ("llava", "llava.json", LLAVA, ("--style", "boxes")),
    ],
)
def test_rows_become_the_tokens_of_their_texts(world, tiny, tmp_path, form, file, columns, more):
    folder = world.export(form, *more)
    (folder / "dataset_info.json").write_text(json.dumps({"fact": {"file_name": file, **columns}}))
    made, tokenizer = prepare(world, tiny, folder, "fact", tmp_path)
    told = rows(folder / file)
    assert len(made) == len(told) == SAMPLES + ("label" in more), "no row is skipped as abnormal"
    for row, line in zip(made, told):
        labels = tokenizer.decode([token for token in row["labels"] if token != -100])
        assert labels == line["conversations"][1]["value"] + "<|im_end|>\n"
        paths = line["images"] if "images" in line else [line["image"]]
        assert row["images"] == [str(world.images / path) for path in paths]
        # One image, and nothing of the question taken for another.
        assert row["input_ids"].count(tokenizer.convert_tokens_to_ids("<|vision_start|>")) == 1
        assert row["input_ids"].count(tokenizer.convert_tokens_to_ids("<|im_start|>")) == 3


def test_two_pictures_of_a_question_are_two(world, tiny, tmp_path):
    for form, columns in (("sharegpt", SHAREGPT), ("llava", LLAVA)):
        folder = world.export(form, "--tasks", "label", run="pairs")
        (folder / "dataset_info.json").write_text(json.dumps({"fact": {"file_name": f"{form}-label.json", **columns}}))
        made, tokenizer = prepare(world, tiny, folder, "fact", tmp_path / form)
        assert len(made) == 4
        for row in made:
            assert len(row["images"]) == 2
            assert row["input_ids"].count(tokenizer.convert_tokens_to_ids("<|vision_start|>")) == 2


def test_the_recipe_trains(world, tiny, tmp_path):
    data = tmp_path / "export"
    shutil.copytree(world.export("sharegpt", "--tasks", "label,rationale", "--style", "think"), data)
    shutil.copy(RECIPE / "dataset_info.json", data)
    recipe = yaml.safe_load((RECIPE / "two_tasks.yaml").read_text())
    # What is ours to choose here: the model, where things are, how long, and no GPU.
    recipe |= IMAGES | {
        "model_name_or_path": str(tiny),
        "dataset_dir": str(data),
        "media_dir": str(world.images),
        "output_dir": str(tmp_path / "student"),
        "preprocessing_num_workers": 1,
        "gradient_accumulation_steps": 1,
        "finetuning_type": "full",
        "learning_rate": 1e-2,
        "lr_scheduler_type": "constant",
        "freeze_vision_tower": False,
        "bf16": False,
        "max_steps": 6,
        "logging_steps": 1,
    }
    recipe = {key: value for key, value in recipe.items() if not key.startswith("lora")}
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    program = Path(sys.executable).parent / "llamafactory-cli"
    subprocess.run([program, "train", tmp_path / "recipe.yaml"], check=True, cwd=tmp_path)
    log = rows(tmp_path / "student/trainer_log.jsonl")
    losses = [entry["loss"] for entry in log if "loss" in entry]
    assert len(losses) == 6 and losses[-1] < losses[0], losses
