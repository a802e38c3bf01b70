"""How large signs are in a line, and where: 0 is a capital's top, 1 the base line."""

import numpy as np
import pytest

from train.scenes.writing.in_line import in_line


def drawn(*strokes):
    return [np.array(stroke, np.int16) for stroke in strokes]


TALL = drawn([(200, 300), (200, 500), (200, 900)])
WIDE = drawn([(100, 700), (500, 700), (900, 700)])
SQUARE = drawn([(0, 0), (0, 100)], [(0, 100), (100, 100)], [(100, 100), (100, 0)])


def extent(strokes, axis):
    points = np.concatenate(strokes)[:, axis]
    return points.min(), points.max()


@pytest.mark.parametrize(
    ("kind", "label", "top", "bottom"),
    [
        ("digits", "7", 0, 1),
        ("uppercase", "H", 0, 1),
        ("lowercase", "x", 0.42, 1),
        ("lowercase", "p", 0.42, 1.42),
        ("lowercase", "h", 0, 1),
        ("symbols", "(", -0.08, 1.12),
        ("symbols", ",", 0.88, 1.18),
        ("symbols", "'", -0.02, 0.26),
        ("words", "one", 0.42, 1),
        ("words", "ape", 0.42, 1.42),
        ("words", "help", 0, 1.42),
    ],
)
def test_tops_and_bottoms(kind, label, top, bottom):
    assert extent(in_line(kind, label, TALL), 1) == pytest.approx((top, bottom))


@pytest.mark.parametrize(
    ("label", "width", "middle"), [("-", 0.42, 0.56), ("_", 0.6, 1.05)]
)
def test_flat_signs_have_a_width_and_a_middle(label, width, middle):
    placed = in_line("symbols", label, WIDE)
    assert extent(placed, 0) == pytest.approx((0, width))
    assert extent(placed, 1) == pytest.approx((middle, middle))


def test_a_point_stands_on_the_line():
    placed = in_line("symbols", ".", SQUARE)
    assert extent(placed, 0) == pytest.approx((0, 0.07))
    assert extent(placed, 1) == pytest.approx((0.93, 1))


def test_proportions_stay_and_what_is_flat_is_not_blown_up():
    assert extent(in_line("digits", "0", SQUARE), 0) == pytest.approx((0, 1))
    low, high = extent(in_line("digits", "1", WIDE), 0)
    assert high - low == pytest.approx(1 / 0.12)


def test_points_are_evenly_apart():
    uneven = drawn([(0, y) for y in (0, 1, 2, 3, 500, 1000)])
    (stroke,) = in_line("digits", "1", uneven)
    apart = np.diff(stroke[:, 1])
    assert stroke.dtype == np.float32
    assert len(stroke) == 23  # 1 / 0.045, and one more
    assert apart == pytest.approx(np.full(22, 1 / 22), abs=0.012)


def test_a_dot_is_a_stroke_too():
    (dot,) = in_line("symbols", ".", drawn([(40, 40)]))
    assert dot.shape == (2, 2)
    assert np.ptp(dot, axis=0) == pytest.approx((0.01, 0.01), rel=1e-4)
