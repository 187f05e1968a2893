"""ms-swift's own loader and template on the exports, and its trainer on the recipe."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES, rows

pytest.importorskip("swift.template")
yaml = pytest.importorskip("yaml")

RECIPE = Path(__file__).parents[4] / "recipes/ms-swift"
TASKS = ("--tasks", "label,rationale", "--style", "think", "--boxes-for", "qwen2-vl")


@pytest.fixture(scope="module", autouse=True)
def places(world, tmp_path_factory):
    """Where images are, and what is cached."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROOT_IMAGE_DIR", str(world.images))
        patch.setenv("MODELSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def template_of(tiny, **more):
    from swift.model import get_model_processor
    from swift.template import get_template

    _, processor = get_model_processor(str(tiny), model_type="qwen2_vl", load_model=False)
    template = get_template(processor, max_length=2048, template_type="qwen2_vl", **more)
    template.set_mode("train")
    return template


def load(path):
    from swift.dataset import load_dataset

    # Strict: a row that is not as it should be ends it instead of going missing.
    made, _ = load_dataset(str(path), strict=True, load_from_cache_file=False, shuffle=False)
    return made


def taught(template, encoded):
    return template.tokenizer.decode([token for token in encoded["labels"] if token != -100])


@pytest.mark.parametrize(
    "file,more",
    [
        ("ms-swift.jsonl", ()),
        ("ms-swift.jsonl", ("--style", "think", "--boxes", "norm1000")),
        ("ms-swift.jsonl", ("--style", "steps", "--boxes-for", "qwen2-vl")),
        ("ms-swift-label.jsonl", ("--tasks", "label")),
    ],
)
def test_rows_become_the_tokens_of_their_texts(world, tiny, file, more):
    path = world.export("ms-swift", *more) / file
    told, made = rows(path), load(path)
    assert len(made) == len(told) == SAMPLES + ("label" in more)
    template = template_of(tiny)
    for row, line in zip(made, told):
        encoded = template.encode(row)
        assert taught(template, encoded) == line["messages"][1]["content"] + "<|im_end|>\n"
        # One image, and three turns with the system's, whatever the question says.
        assert encoded["image_grid_thw"].shape[0] == 1
        for marker, count in (("<|vision_start|>", 1), ("<|im_start|>", 3), ("<|im_end|>", 3)):
            assert encoded["input_ids"].count(template.tokenizer.convert_tokens_to_ids(marker)) == count, marker
        assert encoded["pixel_values"].std() > 0.05


def test_boxes_beside_the_text_are_those_in_the_text(world, tiny):
    """ms-swift writes `objects` for a family as our preset for the family does."""
    beside = load(world.export("ms-swift", "--style", "boxes") / "ms-swift.jsonl")
    inside = rows(world.export("ms-swift", "--boxes-for", "qwen2-vl") / "ms-swift.jsonl")
    template = template_of(tiny)
    numbers = re.compile(r"<\|box_start\|>\((\d+),(\d+)\),\((\d+),(\d+)\)<\|box_end\|>")
    compared = 0
    for row, line in zip(beside, inside):
        theirs = numbers.findall(taught(template, template.encode(row)))
        ours = numbers.findall(line["messages"][1]["content"])
        assert len(theirs) == len(ours)
        for one, other in zip(theirs, ours):
            # Halves are rounded to the even number there, up here.
            assert all(abs(int(a) - int(b)) <= 1 for a, b in zip(one, other)), (one, other)
            compared += 1
    assert compared >= SAMPLES


def test_two_pictures_of_a_question_are_two(world, tiny):
    made = load(world.export("ms-swift", "--tasks", "label", run="pairs") / "ms-swift-label.jsonl")
    template = template_of(tiny)
    assert [len(template.encode(row)["image_grid_thw"]) for row in made] == [2] * 4


def weighted(world, tiny, folder, weight):
    """The file that the recipe's script writes."""
    out = folder / "ms-swift-weighted.jsonl"
    asked = ["--model", tiny, "--data", world.export("ms-swift", *TASKS), "--weight", weight, "--out", out]
    subprocess.run([sys.executable, RECIPE / "weigh.py", *map(str, asked)], check=True)
    return out


def test_every_row_weighs_as_much_as_its_task(world, tiny, tmp_path):
    weight = 0.25
    template = template_of(tiny, is_binary_loss_scale=False)
    weights = {"[label]": set(), "[rationale]": set()}
    for row in load(weighted(world, tiny, tmp_path, weight)):
        encoded = template.encode(row)
        end = template.tokenizer.convert_tokens_to_ids("<|im_end|>")
        told = zip(encoded["loss_scale"], encoded["labels"])
        # The end of the turn keeps its own weight.
        text = [scale for scale, label in told if label not in (-100, end)]
        text = [scale for scale in text if scale != 1.0]
        task = row["messages"][0]["content"].removeprefix("<image>").split()[0]
        weights[task].add(round(sum(text), 3))
    assert len(weights["[label]"]) == len(weights["[rationale]"]) == 1, weights
    assert weights["[rationale]"].pop() == pytest.approx(weight * weights["[label]"].pop(), rel=1e-3)


def test_the_recipe_trains(world, tiny, tmp_path):
    (tmp_path / "export").mkdir()
    weighted(world, tiny, tmp_path / "export", 1.0)
    recipe = yaml.safe_load((RECIPE / "two_tasks.yaml").read_text())
    # What is ours to choose here: the model, how long, and no GPU.
    recipe |= {
        "model": str(tiny),
        "model_type": "qwen2_vl",
        "template": "qwen2_vl",
        "tuner_type": "full",
        "torch_dtype": "float32",
        "learning_rate": 1e-2,
        "lr_scheduler_type": "constant",
        "freeze_vit": False,
        "max_steps": 5,
        "save_strategy": "no",
        "logging_steps": 1,
        "dataloader_num_workers": 0,
        # All rows of both tasks, so that the losses of steps can be compared.
        "per_device_train_batch_size": 2 * SAMPLES + 1,
        "gradient_accumulation_steps": 1,
    }
    del recipe["lora_rank"]
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    program = Path(sys.executable).parent / "swift"
    subprocess.run([program, "sft", tmp_path / "recipe.yaml"], check=True, cwd=tmp_path)
    log = next((tmp_path / "student").glob("**/logging.jsonl"))
    losses = [entry["loss"] for entry in map(json.loads, log.read_text().splitlines()) if "loss" in entry]
    losses = [float(loss) for loss in losses]
    assert len(losses) == 5 and losses[-1] < 0.8 * losses[0], losses
