import numpy as np
import pytest

from train.page.crops.pool import Rendered
from train.page.verdicts.cut_off import cut_off

WIDTH, HEIGHT = 200, 100
DIGIT, LETTER, BESIDE = (60, 30, 20, 40), (100, 30, 20, 40), (150, 30, 20, 40)


def scene(*boxes, kinds):
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for (x, y, w, h), kind in zip(boxes, kinds, strict=True):
        if kind < 10:
            ink[y : y + h, x : x + w] = 255
    return Rendered(
        np.asarray(255 - ink, np.uint8),
        ink,
        np.array(boxes, np.float32),
        np.array(kinds),
        np.array([BESIDE], np.float32),
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_border_cuts_the_digit_that_is_judged(seed):
    whole = scene(DIGIT, LETTER, kinds=[7, 10])
    cut = cut_off(whole, seed)
    assert cut.kinds.tolist() == [7]
    height, width = cut.gray.shape
    assert cut.ink.shape == cut.gray.shape
    ((x, y, w, h),) = cut.boxes
    assert 0.4 <= w * h / (20 * 40) <= 1
    assert x == 0 or y == 0 or x + w == width or y + h == height
    # Its ink is where its box says, and nowhere else.
    rows, columns = np.nonzero(cut.ink)
    assert (columns.min(), rows.min()) == (round(x), round(y))
    assert (columns.max() + 1, rows.max() + 1) == (round(x + w), round(y + h))


def test_all_else_is_neither_right_nor_wrong():
    cuts = [cut_off(scene(DIGIT, LETTER, kinds=[7, 10]), seed) for seed in range(20)]
    assert max(len(cut.unjudged) for cut in cuts) == 2
    for cut in cuts:
        height, width = cut.gray.shape
        for x, y, w, h in cut.unjudged:
            assert 0 <= x < x + w <= width
            assert 0 <= y < y + h <= height


def test_each_digit_may_be_cut():
    both = scene(DIGIT, LETTER, kinds=[7, 3])
    assert {int(cut_off(both, seed).kinds[0]) for seed in range(20)} == {7, 3}


def test_a_scene_without_digits_is_not_cut():
    assert cut_off(scene(LETTER, kinds=[10]), 1) is None
