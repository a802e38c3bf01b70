import pytest

from benchmarks.reading import photos
from benchmarks.reading.hands import strips


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
