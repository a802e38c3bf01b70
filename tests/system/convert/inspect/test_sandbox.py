"""Files made to do harm."""

import numpy as np
import pytest
from needed import need

need("onnx", reason="inspecting needs the group train")
need("ai_edge_litert", reason="inspecting asks LiteRT")

from convert.inspect import sandbox
from edge_app.model import classify


def mutated(folder, name, *, count, seed):
    """Copies of a model with some bytes changed, the first of them in its structure."""
    content = np.frombuffer((classify.MODELS / name).read_bytes(), np.uint8)
    rng = np.random.default_rng(seed)
    paths = []
    for number in range(count):
        copy = content.copy()
        # Flat buffers have their tables at both ends, between them only weights.
        places = np.concatenate(
            [
                rng.integers(0, 2000, 2),
                len(copy) - 1 - rng.integers(0, 12_000, 2),
                rng.integers(0, len(copy), 2),
            ]
        )
        positions = rng.choice(places, int(rng.integers(1, 4)), replace=False)
        copy[positions] = rng.integers(0, 256, len(positions))
        path = folder / f"{number}-{name}"
        path.write_bytes(copy.tobytes())
        paths.append(path)
    return paths


@pytest.mark.slow
def test_500_mutated_files_end_no_parent(tmp_path):
    names = ("report-int8.tflite", "report-float32.tflite", "report-int8.onnx",
             "report-float32.onnx")  # fmt: skip
    paths = [
        path
        for seed, name in enumerate(names)
        for path in mutated(tmp_path, name, count=125, seed=seed)
    ]
    answers = list(sandbox.inspected(paths))
    assert [answer.path for answer in answers] == paths
    for answer in answers:
        assert (answer.value is None) == bool(answer.error)
        assert "\n" not in answer.error
    refused = sum(bool(answer.error) for answer in answers)
    assert refused > 100  # the mutations do damage


@pytest.fixture
def bad_parser(tmp_path, monkeypatch):
    """Replaces the child's parser: how it misbehaves is the file's content."""
    package = tmp_path / "site" / "sitecustomize.py"
    package.parent.mkdir()
    package.write_text(
        "import os, sys, time\n"
        "from convert.inspect import inspection\n"
        "def describe(path, content):\n"
        "    text = content.decode()\n"
        "    if text == 'crash': os.abort()\n"
        "    if text == 'hang': time.sleep(600)\n"
        "    if text == 'fill': bytearray(2 ** 40)\n"
        "    return text\n"
        "inspection.describe = describe\n"
    )
    monkeypatch.setattr(sandbox, "_PATHS", [*sandbox._PATHS, package.parent])


def test_a_parser_that_crashes_hangs_or_fills(tmp_path, bad_parser):
    paths = []
    for number, text in enumerate(["a", "crash", "b", "hang", "c", "fill", "d"]):
        paths.append(tmp_path / f"{number}.onnx")
        paths[-1].write_text(text)
    limits = sandbox.Limits(memory_mb=2048, seconds=4)
    answers = list(sandbox.inspected(paths, limits=limits))
    assert [answer.value for answer in answers] == [
        "a", None, "b", None, "c", None, "d",
    ]  # fmt: skip
    crash, hang, fill = (answers[i].error for i in (1, 3, 5))
    assert "SIGABRT" in crash
    assert "more than 4 s" in hang
    assert "more than 2048 MB" in fill
