"""The benchmarks of reading: what counts as right, and that each command runs."""

import json

import cv2
import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.reading import cases, confidence, photos, single, turned
from benchmarks.reading.cases import Case
from benchmarks.reading.hands import strips
from edge_app.common.geometry import QUARTERS, back
from edge_app.common.geometry import turned as turned_frame
from train.data.mnist import Split
from train.scenes.truth import LabeledDigit, Truth


def rows(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


@pytest.mark.parametrize(
    ("expected", "read", "is_right"),
    [
        ("235 / 12 3", "235123", True),
        ("235 / 12 3", "123235", False),  # another order
        ("235 / 12 3", "23512", False),
        ("none", "", True),
        ("none", "1", False),
        ("at least 30 of 35", "1" * 29, False),
        ("at least 30 of 35", "1" * 30, True),
        ("at least 30 of 35", "1" * 37, True),
        ("at least 30 of 35", "1" * 38, False),
        ("read, or one line that says why not", "", True),
        ("read, or one line that says why not", "42", True),
    ],
)
def test_what_a_case_expects(expected, read, is_right):
    assert Case("a.png", expected, "").is_right(read) == is_right


def test_cut_digits_of_cases():
    table = Case("table_on_dark_desk.jpg", "14 / 276", "")
    assert [table.is_right(text) for text in ("14276", "1427", "142")] == [1, 1, 0]
    zeros = Case("open_zero_cut.jpg", "0 1 / 2 3", "")
    assert [zeros.is_right(text) for text in ("0123", "012389", "012")] == [1, 1, 0]


def write_cases(folder, *lines):
    (folder / "cases.tsv").write_text("\n".join(["file\tdigits\tfault", *lines]))


@pytest.mark.parametrize("line", ["", "a.png\t7"])
def test_malformed_cases(line, tmp_path, capsys):
    write_cases(tmp_path, *([line] if line else []))
    assert main(["cases", str(tmp_path)]) == 1
    assert "3 columns expected" in capsys.readouterr().err


def test_cases_that_are_not_there(tmp_path, capsys):
    assert main(["cases", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "cases.tsv: cannot be read" in error
    assert error.count("\n") == 1


def test_forms_of_single_digits():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    sizes = {form.name: form(image, 0.4).shape for form in single.DIGIT_FORMS}
    assert sizes == {
        "28x28": (50, 50),
        "x10": (500, 500),
        "28x28 inverted": (50, 50),
        "x10 inverted": (500, 500),
    }
    for form in single.DIGIT_FORMS:
        assert (form(image, 0.1)[0, 0] > 127) == form.is_inverted


def test_some_digits_are_the_same_each_time():
    digits = Split(
        np.arange(10 * 784, dtype=np.uint8).reshape(10, 28, 28), np.arange(10)
    )
    first, second = single.subset(digits, 4), single.subset(digits, 4)
    assert len(first) == 4
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.images, digits.images[first.labels])


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("", "", 0), ("12", "", 2), ("", "123", 3), ("1234", "1234", 0),
     ("1234", "124", 1), ("1234", "12934", 1), ("1234", "1934", 1), ("12", "21", 2),
     ("kitten", "sitting", 3)],
)  # fmt: skip
def test_edit_distance(a, b, distance):
    assert strips.edit_distance(a, b) == strips.edit_distance(b, a) == distance


def test_strips_add_up():
    score = photos.Score(digits=2, found=2, right=1)
    found = strips.summary(
        [strips.Strip("12", "12", score), strips.Strip("34", "3", score)]
    )
    assert found["whole_share"] == 0.5
    assert found["edits_per_digit"] == 0.25


def test_hands_that_are_not_there(tmp_path, capsys):
    for command in ("strips", "letters", "hands", "reliability-scenes"):
        assert main([command, "--strokes", str(tmp_path)]) == 1
        error = capsys.readouterr().err
        assert str(tmp_path) in error
        assert error.count("\n") == 1


def test_turns_are_counted():
    found = [(0, 0), (0, 90), (90, 90), (180, 0), (270, 90), (270, 270)]
    upright, *_, all_turned = turned.summary(found)
    assert upright["scenes"] == 2
    assert upright["turned_wrongly"] == 0.5
    assert all_turned["scenes"] == 4
    assert all_turned["left_or_made_upright"] == 0.5
    assert all_turned["turned_wrongly"] == all_turned["left_lying"] == 0.25


def test_turned_scenes_need_the_turn_that_counts_as_right(monkeypatch):
    class Sideways:
        """Knows which corner is marked."""

        def read(self, frame):
            corners = {turn: turned_frame(frame, turn)[0, 0].max() for turn in QUARTERS}
            return type("Read", (), {"rotation": max(corners, key=corners.get)})

    frame = np.zeros((40, 60, 3), np.uint8)
    frame[:10, :10] = 255
    scene = type("Scene", (), {"frame": frame})
    monkeypatch.setattr(turned.scenes, "make", lambda *_: scene)
    assert turned_frame(turned_frame(frame, back(90)), 90)[0, 0].max() == 255
    found = list(turned.measure(Sideways(), count=3))
    assert [needed for needed, _ in found] == [0, 90, 0, 180, 0, 270]
    assert all(needed == taken for needed, taken in found)


def test_verdicts():
    truth = Truth(
        "a.png",
        (
            LabeledDigit((0, 0, 20, 30), 1),
            LabeledDigit((100, 0, 20, 30), 2),
            LabeledDigit((200, 0, 20, 30), 3, difficult=True),
        ),
        soft=((300, 0, 20, 30),),
    )
    read = [LabeledDigit((x, 0, 20, 30), 1) for x in (0, 100, 200, 300, 400)]
    assert photos.verdicts(truth, read) == [True, False, None, None, False]


def test_bins_of_known_confidences():
    judged = [(0.95, True)] * 3 + [(0.95, False), (0.55, True)]
    low, high, both = confidence.summary("scenes", judged)
    assert (low["confidence"], low["digits"], low["right"]) == ("0.5 to 0.6", 1, 1)
    assert (high["confidence"], high["digits"], high["right"]) == (
        "0.9 to 1.0",
        4,
        0.75,
    )
    assert both["digits"] == 5
    assert both["calibration_error"] == pytest.approx(4 / 5 * 0.2 + 1 / 5 * 0.45)
    assert list(confidence.summary("scenes", [])) == []


def test_lines_of_a_reading(reader):
    frame = np.full((480, 640, 3), 230, np.uint8)
    assert cases.lines(reader.read(frame)) == "none"


def test_cases_command(tmp_path, capsys):
    blank = np.full((120, 160, 3), 230, np.uint8)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    (tmp_path / "torn.png").write_bytes(b"no picture")
    write_cases(
        tmp_path,
        "blank.png\tnone\tempty paper",
        "torn.png\tread, or one line that says why not\ta torn file",
        "torn.png\t7\ta torn file that is to be read",
        "blank.png\t7\tafter a torn file",
    )
    result = tmp_path / "cases.json"
    found = rows(capsys, "cases", str(tmp_path), "--result", str(result))
    assert [row["right"] for row in found] == [True, True, False, False]
    assert "torn.png: not an image" in found[1]["read"]
    assert found[3]["read"] == "none"
    assert "2 of 4 cases" in json.loads(result.read_text())["benchmark"]
