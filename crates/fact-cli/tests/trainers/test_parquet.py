"""Hugging Face `datasets` reads the Parquet export, images and all."""

import pytest
from conftest import SAMPLES, rows

datasets = pytest.importorskip("datasets")
from PIL import Image  # noqa: E402


@pytest.mark.parametrize("style", [(), ("--style", "think", "--boxes", "norm1000")])
def test_parquet_holds_the_rows_of_jsonl_and_images(world, style, tmp_path):
    folder = world.export("parquet,jsonl", "--images", *style)
    file = str(folder / "samples.parquet")
    read = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=str(tmp_path))
    read = read.cast_column("image", datasets.Image())
    told = rows(folder / "samples.jsonl")
    assert len(read) == len(told) == SAMPLES + 1
    for row, line in zip(read, told):
        with Image.open(world.images / line["image"]) as file:
            assert row["image"].size == file.size
            assert row["image"].convert("RGB").tobytes() == file.convert("RGB").tobytes()
        for column in set(line) - {"image", "steps", "certificate"}:
            assert row[column] == line[column], column
    assert isinstance(read.features["accepted"], datasets.Value) and read.features["accepted"].dtype == "bool"
    assert sum(read["accepted"]) == SAMPLES
    assert ("text" in read.column_names) == bool(style)
