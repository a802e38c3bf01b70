import json

import numpy as np
import pytest

from benchmarks import scenes, steps
from benchmarks.__main__ import main


def test_whole_pipeline_is_untouched(reader):
    frame = scenes.make("plain", 1).frame
    before = reader.read(frame).digits
    with steps.left_out(None):
        assert reader.read(frame).digits == before


@pytest.mark.parametrize("step", steps.STEPS)
def test_each_step_is_left_out_and_put_back(step, reader):
    frames = [
        scenes.make(condition, seed).frame
        for condition in ("hard", "touching", "broken", "desk", "no digits: carpet")
        for seed in range(3)
    ]

    def seen():
        readings = [reader.read(frame) for frame in frames]
        return [(reading.digits, reading.rejects) for reading in readings]

    whole = seen()
    with steps.left_out(step):
        assert seen() != whole  # the step does something
    assert seen() == whole


def test_ablation_command(capsys):
    options = ["--count", "2", "--conditions", "table,touching,no digits: wood"]
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
    assert by_step["lines removed"]["helps_most"].startswith("table +")
