import numpy as np

from benchmarks.reading.hands import separators
from benchmarks.reading.hands.separators import Gap
from edge_app.find.page.maps import Kind
from edge_app.layout.grouping import Number
from edge_app.reading import Digit, Reading
from train.page.crops.pool import Rendered

BOXES = [(0, 0, 10, 20), (24, 0, 10, 20), (38, 0, 10, 20), (62, 0, 10, 20)]
KINDS = {".": Kind.POINT, "-": Kind.MINUS}


def reading(text):
    digits = tuple(Digit(box, 1, 0.9) for box in BOXES)
    number = Number(text, (0, 0, 72, 20), (0, 1, 2, 3))
    return Reading(100, 30, digits, (number,), (), {"total": 1.0})


def scene(*signs):
    """A scene with separators at given places, and a letter beside its digits."""
    boxes = [*((x, y, 3, 3) for _, x, y in signs), (80, 0, 10, 20)]
    kinds = [*(int(KINDS[sign]) for sign, _, _ in signs), int(Kind.LETTER)]
    blank = np.zeros((0, 0), np.uint8)
    return Rendered(
        blank,
        blank,
        np.array(boxes, np.float32),
        np.array(kinds),
        np.zeros((0, 4), np.float32),
    )


def test_each_gap_is_what_was_reported_and_what_is_there():
    shown = scene((".", 16, 17), ("-", 54, 9))
    found = sorted(separators.gaps(reading("1.11:1"), shown))
    assert found == [Gap("", ""), Gap(".", "."), Gap(":", "-")]
    missed = sorted(separators.gaps(reading("1111"), shown))
    assert missed == [Gap("", ""), Gap("", "-"), Gap("", ".")]


def test_rows_count_what_was_reported_rightly_and_what_is_there():
    gaps = [Gap(".", "."), Gap(".", ","), Gap("", "."), Gap("-", ""), Gap("", "")]
    rows = {row["separator"]: row for row in separators.rows(gaps)}
    assert list(rows) == ["point", "comma", "minus", "slash", "colon", "all"]
    assert rows["point"] == {
        "separator": "point",
        "there": 2,
        "reported": 2,
        "right": 1,
        "precision": 0.5,
        "recall": 0.5,
    }
    assert (rows["comma"]["precision"], rows["comma"]["recall"]) == (None, 0.0)
    every = rows["all"]
    assert (every["there"], every["reported"], every["right"]) == (3, 3, 1)
