import json

import numpy as np
import pytest

from benchmarks import steps
from benchmarks.__main__ import main
from train import scenes

# Each step has something to do in one of these.
_SCENES = (
    ("hard", 0), ("touching", 0), ("broken", 0), ("desk", 1), ("light on dark", 0),
    ("letters nearby", 0), ("letters nearby", 1), ("no digits: leaves", 0),
    ("no digits: leaves", 1), ("no digits: cloth", 0), ("no digits: windows", 0),
    ("ruled", 2), ("sudoku", 0), ("no digits: objects", 2), ("print nearby", 1),
    ("hard", 7),
)  # fmt: skip


def halftone():
    """A stroke in a field of printed dots."""
    frame = np.full((480, 640, 3), 210, np.uint8)
    for row in range(0, 240, 4):
        frame[row : row + 2, 0:300:4] = frame[row : row + 2, 1:300:4] = 60
    frame[80:150, 148:156] = 40
    return frame


@pytest.fixture(scope="module")
def frames():
    return [
        *(scenes.make(condition, seed).frame for condition, seed in _SCENES),
        halftone(),
    ]


@pytest.fixture(scope="module")
def whole(frames, reader):
    return seen(frames, reader)


def seen(frames, reader):
    readings = [reader.read(frame) for frame in frames]
    return [(reading.digits, reading.rejects) for reading in readings]


def test_whole_pipeline_is_untouched(frames, whole, reader):
    with steps.left_out(None):
        assert seen(frames, reader) == whole


@pytest.mark.parametrize("step", steps.STEPS)
def test_each_step_is_left_out_and_put_back(step, frames, whole, reader):
    with steps.left_out(step):
        assert seen(frames, reader) != whole  # the step does something
    assert seen(frames[:2], reader) == whole[:2]


def test_ablation_command(capsys):
    options = ["--count", "2", "--conditions", "ruled,touching,no digits: wood"]
    assert main(["ablation", *options, "--jobs", "1", "--json"]) == 0
    first, *others = json.loads(capsys.readouterr().out)["rows"]
    assert first["without"] == "(nothing)"
    assert first["scenes_gain"] == 0
    assert [row["without"] for row in others] == list(steps.STEPS)
    by_step = {row["without"]: row for row in others}
    for row in by_step.values():
        points = 100 * (first["scenes_f1"] - row["scenes_f1"])
        assert np.isclose(row["scenes_gain"], points, atol=0.02)
    assert by_step["touching digits cut"]["scenes_gain"] > 0
    assert by_step["lines removed"]["helps_most"].startswith("ruled +")
