import cv2
import numpy as np
import pytest

from benchmarks.common.readers import Choice
from benchmarks.reading import ablation, steps
from benchmarks.reading.ablation import Ablation
from benchmarks.reading.conditions import ConditionTask
from benchmarks.reading.photos import Score

RIGHT, HALF = Score(digits=4, found=4, right=4), Score(digits=4, found=2, right=2)


def test_scenes_with_digits_and_without_are_counted_apart():
    found = Ablation(
        "a step",
        {"plain": RIGHT, "pencil": HALF, "no digits: wood": Score(false=3)},
        on_photos=None,
    )
    assert found.on_scenes == Score(digits=8, found=6, right=6)
    assert found.false_without_digits == 3


def test_a_row_says_what_is_lost_and_where():
    whole = Ablation(None, {"plain": RIGHT, "pencil": HALF, "blur": RIGHT}, RIGHT)
    without = Ablation("a step", {"plain": HALF, "pencil": RIGHT, "blur": RIGHT}, HALF)
    row = ablation._row("without", without, whole)
    assert row["without"] == "a step"
    assert (row["scenes_gain"], row["false_without_digits"]) == (0, 0)
    # Two of four digits, none of them false: F1 is 2/3.
    assert (row["photos_f1"], row["photos_gain"]) == (0.6667, 33.33)
    assert (row["helps_most"], row["harms_most"]) == ("plain +33.3", "pencil -33.3")


def test_what_changes_nothing_helps_and_harms_nowhere():
    whole = Ablation(None, {"plain": RIGHT, "no digits: wood": Score()}, None)
    row = ablation._row("constant", whole, whole)
    assert row["constant"] == "(nothing)"
    assert (row["helps_most"], row["harms_most"]) == ("", "")
    assert not [name for name in row if name.startswith("photos")]


@pytest.fixture
def photos(tmp_path):
    """A blank page of which somebody said that it shows a 7."""
    cv2.imwrite(str(tmp_path / "a.png"), np.full((120, 160, 3), 230, np.uint8))
    digit = '{"x": 50, "y": 40, "w": 20, "h": 30, "label": 7}'
    (tmp_path / "a.json").write_text(f'{{"file": "a.png", "digits": [{digit}]}}')
    return tmp_path


def test_the_whole_pipeline_comes_first_then_each_change(monkeypatch, photos):
    nothing = steps.Step("classic", "edge_app.find.classic.ClassicFinder.__call__")
    step = steps.Step(nothing.reader, nothing.target, lambda _self, _frame: [])
    monkeypatch.setattr(steps, "STEPS", {"all that is found": step})
    task = ConditionTask("plain", 1, Choice("classic"), (320, 240), mnist=None)
    whole, blind = ablation.measure(
        [task], [photos], changes=["all that is found"], jobs=1
    )
    assert (whole.change, blind.change) == (None, "all that is found")
    assert whole.on_scenes.right > 0
    digits = whole.on_scenes.digits
    assert (blind.on_scenes.digits, blind.on_scenes.found) == (digits, 0)
    for found in (whole, blind):
        assert found.on_photos == Score(digits=1)
