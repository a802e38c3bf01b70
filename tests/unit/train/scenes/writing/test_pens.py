import numpy as np
import pytest

from train.scenes.writing import pens
from train.scenes.writing.pens import Pen

EVEN = Pen(width=0.1, strength=1.0, variation=0.0)


def across(y=50.0, left=20.0, right=180.0):
    xs = np.linspace(left, right, 41)
    return [np.stack([xs, np.full(41, y)], axis=1).astype(np.float32)]


def drawn(pen, strokes=None, seed=1):
    """The ink and the box of a stroke of a digit of 100 pixels."""
    ink = np.zeros((100, 200), np.float32)
    rng = np.random.default_rng(seed)
    box = pens.draw(ink, strokes or across(), pen, 100, rng)
    return ink, box


def test_a_stroke_is_as_wide_as_its_pen_and_its_box_goes_around_it():
    ink, box = drawn(EVEN)
    x, y, w, h = box
    assert (x, y) == pytest.approx((15, 45), abs=1)
    assert (w, h) == pytest.approx((170, 10), abs=2)
    assert ink[50, 100] == 1
    assert (ink[:, 100] > 0.5).sum() == pytest.approx(10, abs=1)
    ink[y - 2 : y + h + 2, x - 2 : x + w + 2] = 0
    assert not ink.any()


def test_a_pen_finer_than_a_pixel_leaves_less_ink():
    thin, thick = (drawn(Pen(width, 1.0, 0.0))[0] for width in (0.007, 0.014))
    assert 0.3 < thin.sum() / thick.sum() < 0.8


def test_strength_is_the_most_ink():
    ink, _ = drawn(Pen(0.1, strength=0.6, variation=0.0))
    assert ink.max() == pytest.approx(0.6)


def test_crossing_strokes_do_not_add_up():
    ink, _ = drawn(Pen(0.1, strength=0.5, variation=0.0), across() * 2)
    assert ink.max() == pytest.approx(0.5)


def test_a_pen_that_skips_leaves_gaps():
    ink, _ = drawn(Pen(0.03, 1.0, 0.0, skips=4.0))
    middle = ink[50, 22:178]
    assert (middle < 0.1).any()
    assert (middle > 0.9).mean() > 0.4


def test_a_fading_pen_has_less_ink_at_the_end():
    ink, _ = drawn(Pen(0.1, 1.0, 0.0, fade=0.6))
    assert ink[50, 25] > 0.95
    assert 0.4 < ink[50, 175] < 0.5
    assert (np.diff(ink[50, 25:175]) <= 0.02).all()


@pytest.mark.parametrize(("variation", "least", "most"), [(0.0, 0, 1), (0.5, 3, 12)])
def test_pressure_changes_the_width(variation, least, most):
    ink, _ = drawn(Pen(0.1, 1.0, variation))
    widths = (ink > 0.5)[:, 30:170].sum(axis=0)
    assert least <= np.ptp(widths) <= most


def test_grain_leaves_holes_and_coverage_does_not():
    ink, coverage = (np.zeros((100, 200), np.float32) for _ in "12")
    pen = Pen(0.3, strength=0.5, variation=0.0, grain=1.0)
    pens.draw(ink, across(), pen, 100, np.random.default_rng(1), coverage)
    inside = np.s_[40:60, 20:180]
    assert (coverage[inside] == 1).all()
    assert ink[inside].min() == 0
    assert ink.max() == pytest.approx(0.5)


@pytest.mark.parametrize(
    "strokes", [across(-40), across(y=1e6), across(left=300, right=500)]
)
def test_what_lies_outside_has_no_box(strokes):
    ink, box = drawn(EVEN, strokes)
    assert box is None
    assert not ink.any()


def test_a_box_ends_with_the_layer():
    _, (x, _, w, _) = drawn(EVEN, across(left=-50, right=400))
    assert (x, w) == (0, 200)


def test_a_patch_keeps_the_stronger_ink():
    ink = np.full((4, 4), 0.3, np.float32)
    patch = np.array([[1.0, 0.1]], np.float32)
    box = pens.blend(ink, patch, (1, 2), EVEN, np.random.default_rng(1))
    assert box == (1, 2, 1, 1)
    assert ink[2].tolist() == pytest.approx([0.3, 1.0, 0.3, 0.3])
    empty = np.zeros((2, 2), np.float32)
    assert pens.blend(empty, patch, (2, 0), EVEN, np.random.default_rng(1)) is None


def test_the_papers_tooth():
    tooth = pens.grain()
    assert tooth.shape == (512, 512)
    assert tooth.mean() == pytest.approx(0, abs=0.02)
    assert tooth.std() == pytest.approx(1, abs=1e-3)
