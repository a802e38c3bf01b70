from dataclasses import replace

import numpy as np
import pytest

from train.scenes.composed.picture.cut_out import ScenePiece, cut, shrunk, windowed
from train.scenes.composed.planning.plan import plain
from train.scenes.truth import LabeledDigit, Other

DIGITS = [(20, 30, 10, 20), (35, 30, 10, 20), (80, 30, 10, 20)]


def piece():
    """A page of 100x80 with the number 12, a 3 apart and a letter between them."""
    picture = np.zeros((80, 100, 3), np.float32)
    picture[...] = np.arange(100, dtype=np.float32)[:, np.newaxis]
    ink = np.zeros((80, 100), np.float32)
    for x, y, w, h in DIGITS:
        ink[y : y + h, x : x + w] = 1
    return ScenePiece(
        picture,
        ink,
        [LabeledDigit(box, label) for label, box in enumerate(DIGITS, 1)],
        soft=[(0, 0, 5, 5), (45, 45, 10, 10)],
        others=[Other((60, 30, 10, 20), "letter")],
        numbers=[(0, 1), (2,)],
    )


def plan(crop, margin=0.0):
    ordinary = plain(np.random.default_rng(1), (100, 80))
    return replace(ordinary, crop=crop, margin=margin)


def test_a_window_shows_its_part_with_all_that_is_in_it():
    seen = windowed(piece(), (15, 20, 65, 60))
    assert seen.picture.shape == (40, 50, 3)
    assert seen.picture[0, [0, -1], 0].tolist() == [15, 64]
    assert [(digit.box, digit.label) for digit in seen.digits] == [
        ((5, 10, 10, 20), 1),
        ((20, 10, 10, 20), 2),
    ]
    assert seen.numbers == [(0, 1)]
    assert seen.soft == [(30, 25, 10, 10)]
    assert seen.others == [Other((45, 10, 5, 20), "letter")]  # what is seen of it
    assert seen.ink.sum() == 2 * 200


def test_a_digit_that_a_window_cuts_does_not_count():
    seen = windowed(piece(), (25, 0, 100, 80))
    assert [digit.label for digit in seen.digits] == [2, 3]
    assert (0, 30, 5, 20) in seen.soft
    assert seen.numbers == [(1,)]  # its number is not whole


@pytest.mark.parametrize("seed", range(4))
def test_a_number_is_cut_out_with_what_stands_beside_it(seed):
    seen = cut(piece(), plan("number"), (2, 1), np.random.default_rng(seed))
    height, width = seen.ink.shape
    assert height == 22  # a pixel around it
    assert width in (27, 52)  # 12 alone, or with the letter
    assert [digit.label for digit in seen.digits] == [1, 2]


def test_a_digit_is_cut_out_alone_often_square():
    widths = set()
    for seed in range(20):
        seen = cut(piece(), plan("digit"), (1, 0), np.random.default_rng(seed))
        assert seen.ink.shape[0] == 22
        widths.add(seen.ink.shape[1])
        assert [digit.label for digit in seen.digits] == [1]
    assert widths == {12, 22}


def test_margins_are_shares_of_the_height_and_end_with_the_page():
    for seed in range(10):
        seen = cut(piece(), plan("number", 0.5), (2, 0), np.random.default_rng(seed))
        # From 0.3 to 1.2 of 10 pixels on each side, and one more.
        assert 20 + 2 * 4 <= seen.ink.shape[0] <= 20 + 2 * 14
    whole = cut(piece(), plan("number", 50.0), (2, 0), np.random.default_rng(1))
    assert whole.ink.shape == (80, 100)


def test_a_page_that_is_not_to_be_cut_stays_as_it_is():
    page = piece()
    assert cut(page, plan("no"), (2, 1), np.random.default_rng(1)) is page
    assert cut(page, plan("digit"), (0, 0), np.random.default_rng(1)) is page


@pytest.mark.parametrize(("factor", "size"), [(0.5, (40, 50)), (2.0, (160, 200))])
def test_another_size_has_its_boxes_where_they_were(factor, size):
    small = shrunk(piece(), factor)
    assert small.ink.shape == small.picture.shape[:2] == size
    assert small.digits[0].box == tuple(n * factor for n in DIGITS[0])
    assert small.others[0].box == tuple(n * factor for n in (60, 30, 10, 20))
    assert small.soft[1] == tuple(n * factor for n in (45, 45, 10, 10))
    assert small.numbers == [(0, 1), (2,)]
    assert small.ink.sum() == pytest.approx(600 * factor**2, rel=0.02)


def test_nothing_is_shrunk_below_eight_pixels():
    small = shrunk(piece(), 0.01)
    assert small.ink.shape == (8, 8)
    assert small.digits[0].box == pytest.approx((1.6, 3.0, 0.8, 2.0))
