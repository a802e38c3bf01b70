import numpy as np
import pytest

from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.separators.separator_patches import (
    DIGIT_SIZE,
    gap_patches,
    shows_ink,
    to_gap_input,
)
from edge_app.reading import Digit

pytestmark = pytest.mark.device

MIDDLE = PATCH_SIZE // 2


def digit(x, y, w, h):
    return Digit((x, y, w, h), 1, 0.9, ink=np.full((h, w), 255, np.uint8))


@pytest.mark.parametrize("height", [14, 28, 90])
def test_the_middle_of_a_gap_is_that_of_the_patch(height):
    gray = np.full((480, 640), 200, np.uint8)
    wide = height // 2
    digits = [digit(200, 100, wide, height), digit(200 + 2 * wide, 100, wide, height)]
    gray[100 + height // 2, 200 + 3 * wide // 2] = 0  # what is between them
    (patch,) = gap_patches(gray, digits, [(0, 1)])
    darkest = np.unravel_index(patch[..., 0].argmin(), (PATCH_SIZE, PATCH_SIZE))
    assert darkest == pytest.approx((MIDDLE, MIDDLE), abs=1)
    ink = patch[..., 1] > 128
    rows = np.flatnonzero(ink.any(axis=1))
    assert len(rows) == pytest.approx(DIGIT_SIZE, abs=1)
    assert not ink[:, MIDDLE - 5 : MIDDLE + 5].any()
    assert ink[MIDDLE, : MIDDLE - 8].any()
    assert ink[MIDDLE, MIDDLE + 8 :].any()


def test_digits_stand_where_they_do_even_beyond_the_patch():
    gray = np.full((100, 400), 200, np.uint8)
    digits = [digit(0, 30, 200, 20), digit(230, 40, 8, 20), digit(40, 0, 1, 90)]
    near, high = gap_patches(gray, digits, [(0, 1), (2, 1)])
    scale = DIGIT_SIZE / 20
    rows = [np.flatnonzero(half.any(axis=1)) for half in np.hsplit(near[..., 1], 2)]
    assert rows[1][0] - rows[0][0] == pytest.approx(10 * scale, abs=1)
    assert not high[..., 1].any()  # both of its digits are outside
    unseen = [Digit((0, 0, 10, 20), 1, 0.9), digit(20, 0, 5, 20)]
    (half,) = gap_patches(gray, unseen, [(0, 1)])[..., 1]
    assert not half[:, :MIDDLE].any()
    assert half[:, MIDDLE:].any()


def test_a_gap_is_empty_but_for_ink_between_its_digits():
    gray = np.full((100, 200), 200, np.uint8)
    digits = [digit(20, 30, 12, 40), digit(60, 30, 12, 40), digit(90, 30, 12, 40)]
    for x, y, w, h in (seen_digit.box_xywh for seen_digit in digits):
        gray[y : y + h, x : x + w] = 60
    gray[64:68, 44:48] = 70  # a point
    gray[10:14, 80:84] = 60  # of the line above
    gray[50, 76:80] = 190  # grain
    pairs = [(0, 1), (1, 2)]
    shown = shows_ink(gap_patches(gray, digits, pairs), digits, pairs)
    assert shown.tolist() == [True, False]
    dark = 255 - gray
    shown = shows_ink(gap_patches(dark, digits, pairs), digits, pairs)
    assert shown.tolist() == [True, False]


def test_gray_is_stretched_and_ink_is_not():
    patches = np.zeros((1, PATCH_SIZE, PATCH_SIZE, 2), np.uint8)
    patches[0, ..., 0] = 100
    patches[0, 5, 5, 0] = 200
    patches[0, ..., 1] = 51
    inputs = to_gap_input(patches)
    assert inputs.dtype == np.float32
    assert (inputs[0, 5, 5, 0], inputs[0, 0, 0, 0]) == (1, 0)
    assert inputs[..., 1] == pytest.approx(0.2)
