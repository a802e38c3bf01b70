import json
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.reading import photos
from benchmarks.reading.photos import LabeledDigit, Score, Truth


def digit(x, y, label, w=20, h=30, **more):
    return LabeledDigit((x, y, w, h), label, **more)


def test_score_counts():
    truth = Truth(
        "a.png",
        (digit(0, 0, 1), digit(100, 0, 2), digit(200, 0, 3), digit(300, 0, 4)),
    )
    predicted = [digit(1, 1, 1), digit(99, 0, 7), digit(500, 0, 3)]
    score = photos.score(truth, predicted)
    assert score == Score(digits=4, found=2, right=1, false=1)
    assert score.precision == pytest.approx(1 / 3)
    assert score.recall == pytest.approx(1 / 4)
    assert score.f1 == pytest.approx(2 / 7)


def test_soft_and_difficult_count_neither_way():
    truth = Truth("a.png", (digit(0, 0, 1, difficult=True),), ((100, 0, 20, 30),))
    predicted = [digit(0, 0, 9), digit(100, 0, 5)]
    assert photos.score(truth, predicted) == Score()


def test_numbers_are_whole_or_not():
    digits = tuple(digit(30 * n, 0, n) for n in range(6))
    truth = Truth("a.png", digits, numbers=((0, 1, 2), (3, 4, 5)))

    def whole(*predicted, soft=()):
        known = Truth("a.png", digits, soft, truth.numbers)
        return photos.score(known, predicted).whole

    zero, one, two, three, four, five = digits
    assert whole(*digits) == 2
    assert whole(zero, one, two) == 1
    assert whole(three, four, five, zero, one, two) == 2  # lines may change places
    assert whole(zero, two, one) == 0  # another order
    assert whole(zero, one, three, two, four, five) == 0  # lines that got mixed
    assert whole(zero, one, LabeledDigit(two.box, 7)) == 0
    hard = Truth(
        "a.png", (zero, digit(30, 0, 9, difficult=True), two), (), ((0, 1, 2),)
    )
    assert photos.score(hard, [zero, one, two]).whole == 1
    assert photos.score(hard, [zero, two]).whole == 1
    between = digit(45, 100, 8)
    assert whole(zero, one, between, two) == 0
    assert whole(zero, one, between, two, soft=(between.box,)) == 1


def test_numbers_that_stand_alone():
    digits = tuple(digit(30 * n, 0, n) for n in range(4))
    truth = Truth("a.png", digits, (), ((0, 1), (2, 3)))
    assert photos.score(truth, digits, [(0, 1), (2, 3)]).whole == 2
    assert photos.score(truth, digits, [(0, 1, 2, 3)]).whole == 0
    assert photos.score(truth, digits, [(0,), (1,), (2, 3)]).whole == 1
    assert photos.score(truth, digits).whole == 2
    printed = Truth("a.png", digits[:2], (digits[2].box,), ((0, 1),))
    assert photos.score(printed, digits[:3], [(0, 1, 2)]).whole == 1


def test_score_adds_up():
    known = Truth("a.png", (digit(0, 0, 1), digit(30, 0, 2)), numbers=((0, 1),))
    first = photos.score(known, known.digits)
    second = photos.score(known, [digit(0, 0, 1), digit(200, 0, 5)])
    both = photos.total([first, second])
    assert both == Score(digits=4, found=3, right=3, false=1, numbers=2, whole=1)
    assert both.whole_share == 0.5
    assert both.false_per_100 == 25


def test_lines_of_text_find_their_digits(tmp_path, caplog):
    labels = [1, 2, 3, 1, 2, 4]
    row = {
        "file": "a.png",
        "digits": [
            {"x": 30 * n, "y": 0, "w": 20, "h": 30, "label": label}
            for n, label in enumerate(labels)
        ],
        "text_lines": ["12", "3", "1 24", "99"],
    }
    (tmp_path / "a.json").write_text(json.dumps(row))
    (truth,) = photos.read_truths(tmp_path)
    assert truth.numbers == ((0, 1), (2,), (3, 4, 5))
    assert "no digits in a row spell the line '99'" in caplog.text


def test_nothing_has_an_f1_of_zero():
    assert Score().f1 == 0


@pytest.mark.parametrize("seed", range(5))
def test_same_figures_on_random_boxes(seed, shared_tools, tmp_path):
    rng = np.random.default_rng(seed)

    def row():
        x, y, w, h, label = (int(n) for n in rng.integers(1, 60, 5))
        return {"x": x, "y": y, "w": w, "h": h, "label": label % 10}

    truth = {
        "file": "a.png",
        "digits": [row() | {"difficult": bool(n % 4 == 0)} for n in range(12)],
        "ignore": [row()],
        "printed_digits": [row(), row()],
    }
    (tmp_path / "a.json").write_text(json.dumps(truth))
    predicted = [row() for _ in range(15)]
    digits = [
        {"box_xywh": [r["x"], r["y"], r["w"], r["h"]], "label": r["label"]}
        for r in predicted
    ]
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text(json.dumps({"source": "a.png", "digits": digits}))
    done = subprocess.run(
        [sys.executable, str(shared_tools / "score_photos.py"), tmp_path, predictions],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    (known,) = photos.read_truths(tmp_path)
    ours = photos.score(
        known,
        [LabeledDigit((r["x"], r["y"], r["w"], r["h"]), r["label"]) for r in predicted],
    )
    for key in ("digits", "found", "right", "false"):
        assert theirs[key] == getattr(ours, key)


def test_latency_of_an_unknown_model(capsys):
    assert main(["latency", "--models", "nothing.tflite"]) == 1
    err = capsys.readouterr().err
    assert "nothing.tflite: no such model file, nor a shipped" in err


@pytest.mark.parametrize("digits", [[{"x": "a"}], [{"x": 1}], 5, None])
def test_malformed_annotation(tmp_path, capsys, digits):
    (tmp_path / "a.json").write_text(json.dumps({"file": "a.png", "digits": digits}))
    assert main(["photos", str(tmp_path)]) == 1
    assert "not an annotation" in capsys.readouterr().err


def test_photos_without_annotations(tmp_path, capsys):
    assert main(["photos", str(tmp_path)]) == 1
    assert "no annotations" in capsys.readouterr().err


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
