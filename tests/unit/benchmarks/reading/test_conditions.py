import cv2
import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.common.readers import Choice
from benchmarks.reading import conditions
from benchmarks.reading.conditions import ConditionTask
from benchmarks.reading.photos import Score
from edge_app.common.errors import DataError
from edge_app.layout.grouping import Number
from train import scenes


def test_unknown_condition(capsys):
    assert main(["conditions", "--conditions", "fog"]) == 1
    assert "no condition 'fog'; there are: plain, " in capsys.readouterr().err


@pytest.mark.parametrize("size", ["640", "0x480", "axb"])
def test_bad_size(size, capsys):
    with pytest.raises(SystemExit):
        main(["conditions", "--size", size])
    assert "--size" in capsys.readouterr().err


def test_hands_that_are_not_there(tmp_path, capsys):
    assert main(["conditions", "--strokes", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_all_conditions_unless_some_are_named():
    every = conditions.chosen(None)
    assert every == scenes.CONDITIONS + scenes.WITHOUT_DIGITS
    assert set(conditions.FIRST_CONDITIONS) < set(every)
    assert conditions.chosen(["pencil", "plain"]) == ("pencil", "plain")
    with pytest.raises(DataError, match="no condition 'fog'; there are: plain, "):
        conditions.chosen(["plain", "fog"])


def test_scenes_have_rising_seeds_and_come_in_any_order():
    task = ConditionTask("plain", 3, Choice("classic"), (160, 120), mnist=None)
    third, first = conditions.rendered(task, [2, 0])
    for scene, seed in ((first, 1), (third, 3)):
        expected = scenes.make("plain", seed, size_wh=(160, 120))
        np.testing.assert_array_equal(scene.frame, expected.frame)


def test_each_task_has_the_scores_of_its_scenes():
    tasks = [
        ConditionTask(name, count, Choice("classic"), (320, 240), mnist=None)
        for name, count in (("plain", 2), ("no digits: wood", 1))
    ]
    (first, plain), (second, wood) = conditions.measure(tasks, jobs=1)
    assert [first, second] == tasks
    assert plain == conditions.scores(tasks[0])
    assert [score.digits for score in plain] == [
        len(scene.truth.digits) for scene in conditions.rendered(tasks[0], [0, 1])
    ]
    assert [score.digits for score in wood] == [0]


def test_the_worst_scenes_come_first_on_a_sheet(tmp_path, monkeypatch):
    shown = []

    def rendered(task, indexes):
        shown.extend(indexes)
        return real(task, indexes)

    real = conditions.rendered
    monkeypatch.setattr(conditions, "rendered", rendered)
    task = ConditionTask("no digits: wood", 3, Choice("classic"), (160, 120), None)
    found = [Score(digits=2, found=2, right=2), Score(digits=2), Score(false=1)]
    conditions.write_sheet(task, found, tmp_path / "worst")
    assert shown == [2, 1, 0]  # a false digit is worse than two that are missed
    sheet = cv2.imread(str(tmp_path / "worst" / "no-digits-wood.png"))
    assert sheet.shape == (480, 3 * 640, 3)


def test_separators_end_a_number_as_in_a_scene_s_truth():
    dated = Number("1/12/34", (0, 0, 9, 9), (4, 5, 6, 7, 8))
    assert list(conditions._parts(dated)) == [(4,), (5, 6), (7, 8)]
    plain = Number("112", (0, 0, 9, 9), (0, 1, 2))
    assert list(conditions._parts(plain)) == [(0, 1, 2)]
