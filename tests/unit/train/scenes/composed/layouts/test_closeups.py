import numpy as np
import pytest
from authors import author

from train.scenes.composed.layouts.closeups import one_digit, strip

STRIP_WH, SQUARE_WH = (480, 110), (120, 120)


def written(layout, seed, **changes):
    page = author(seed, **changes)
    layout(page)
    return page


@pytest.mark.parametrize("seed", range(6))
def test_a_strip_is_one_line_with_a_number_in_its_middle(seed):
    page = written(strip, seed, size_wh=STRIP_WH, height=0.4, crop="number")
    digits, others = page.focus
    assert digits >= 1
    assert others <= len(page.canvas.others)
    middles = [d.box[1] + d.box[3] / 2 for d in page.canvas.digits[:digits]]
    assert np.mean(middles) == pytest.approx(55, abs=20)


def test_now_and_then_other_lines_reach_into_a_strip():
    more = 0
    for seed in range(30):
        page = written(strip, seed, size_wh=(480, 300), height=0.15, crop="number")
        more += page.focus != (len(page.canvas.digits), len(page.canvas.others))
    assert 3 <= more <= 18


def test_something_printed_stands_before_some_amounts():
    kinds = set()
    for seed in range(20):
        page = written(strip, seed, size_wh=STRIP_WH, height=0.4, crop="number")
        focused = page.canvas.others[: page.focus[1]]
        kinds |= {other.kind for other in focused}
    assert "print" in kinds


@pytest.mark.parametrize("seed", range(6))
def test_one_digit_stands_in_the_middle_and_is_what_counts(seed):
    page = written(one_digit, seed, size_wh=SQUARE_WH, height=0.4, crop="digit")
    assert page.focus == (1, 0)
    x, y, w, h = page.canvas.digits[0].box
    assert (x + w / 2, y + h / 2) == pytest.approx((60, 60), abs=16)


def test_now_and_then_a_digit_has_a_neighbor_or_a_box():
    pages = [
        written(one_digit, seed, size_wh=SQUARE_WH, height=0.4) for seed in range(40)
    ]
    neighbors = [len(p.canvas.digits) + len(p.canvas.soft) > 1 for p in pages]
    assert 3 <= sum(neighbors) <= 18
    boxed = [(p.canvas.picture < 239).any() for p in pages]  # no ink has dried yet
    assert 1 <= sum(boxed) <= 12
