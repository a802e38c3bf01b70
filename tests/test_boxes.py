import cv2
import numpy as np
import pytest

from edge_app import boxes, components


def boxed(*, tilt=0, inside=True):
    """A box, and a stroke in it that reaches over its lower side."""
    mask = np.zeros((80, 80), np.uint8)
    corners = np.array(
        [(15, 12), (60, 12 + tilt), (60 - tilt, 66 + tilt), (15 - tilt, 66)]
    )
    cv2.polylines(mask, [corners], True, 255, 3)
    if inside:
        cv2.line(mask, (38, 28), (36, 68), 255, 5)
    return mask


def without(mask):
    return boxes.without_boxes(mask, *components.find(mask))


@pytest.mark.parametrize("tilt", [0, 3])
def test_box_is_erased_around_what_touches_it(tilt):
    rest = without(boxed(tilt=tilt))
    _, stats = components.find(rest)
    x, y, w, h = max(stats[1:].tolist(), key=lambda row: row[4])[:4]
    assert abs(x - 34) <= 2
    assert abs(y - 26) <= 2
    assert w <= 10
    assert 35 <= h <= 45
    # Nothing of the sides is left that could be taken for a digit.
    assert sorted(stats[1:, 3])[:-1] == [] or sorted(stats[1:, 3])[-2] < 8


def test_box_is_erased_around_a_digit_that_does_not_touch_it():
    mask = boxed(inside=False)
    cv2.line(mask, (38, 24), (36, 54), 255, 5)
    rest = without(mask)
    assert len(components.find(rest)[1]) == 2
    assert rest[40, 37]


def test_empty_box_and_zero_are_left():
    empty = boxed(inside=False)
    assert without(empty) is empty
    zero = np.zeros((80, 80), np.uint8)
    cv2.ellipse(zero, (40, 40), (18, 26), 0, 0, 360, 255, 4)
    cv2.line(zero, (50, 22), (30, 58), 255, 4)  # a zero with a slash
    assert without(zero) is zero


def test_digits_of_straight_strokes_are_left():
    mask = np.zeros((80, 80), np.uint8)
    for y in (15, 40, 65):  # as on a pocket calculator
        cv2.line(mask, (25, y), (55, y), 255, 4)
    for x in (25, 55):
        cv2.line(mask, (x, 15), (x, 65), 255, 4)
    assert without(mask) is mask
