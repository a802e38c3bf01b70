import numpy as np
import pytest

from train.scenes.writing import handwriting
from train.scenes.writing.handwriting import LETTERS, LONG_TAILS, Writer

STEADY = Writer(slant=0.0, proportion=0.6, wobble=0.0, habits=1)
LINE = np.array([[0, 0], [0, 4], [0, 10]], np.float32)


def rng(seed=1):
    return np.random.default_rng(seed)


def extent(strokes, axis):
    points = np.concatenate(strokes)[:, axis]
    return points.min(), points.max()


@pytest.mark.parametrize("label", range(10))
def test_a_digit_is_as_high_as_a_line_and_as_wide_as_its_writer_writes(label):
    strokes = handwriting.digit(label, STEADY, rng())
    assert all(stroke.dtype == np.float32 for stroke in strokes)
    top, bottom = extent(strokes, 1)
    assert (top, bottom) == pytest.approx((0, 1), abs=0.15)
    left, right = extent(strokes, 0)
    assert right - left < 0.6 * 1.12 + 0.15


def test_a_person_writes_a_digit_in_two_shapes_at_most():
    lengths = {
        tuple(len(stroke) for stroke in handwriting.digit(4, STEADY, rng(seed)))
        for seed in range(30)
    }
    assert len(lengths) <= 2


def test_legs_alone_reach_down():
    long = Writer(slant=0.0, proportion=0.6, wobble=0.0, habits=1, tails=0.5)
    square = [np.array([[0, 0], [0, 0.4], [0, 1]], np.float32)]
    for label in (4, 7, 9):
        (legged,) = handwriting.in_proportion(square, label, long, rng())
        assert legged[:, 1] == pytest.approx([0, 0.4, 1.5])
    for label in (1, 2, 3, 5, 6, 8):
        assert handwriting.in_proportion(square, label, long, rng()) is square


def test_some_people_write_long_legs():
    tails = [handwriting.any_writer(rng(seed)).tails for seed in range(60)]
    assert 0 < sum(tail > 0.4 for tail in tails) < 30
    assert max(tails) <= LONG_TAILS[1]


def test_letters_are_written_and_others_are_not():
    for name in LETTERS:
        assert handwriting.letter(name, STEADY, rng())
    with pytest.raises(KeyError, match="O"):
        handwriting.letter("O", STEADY, rng())


def test_a_pen_that_skips_leaves_the_rest_of_a_stroke():
    before, between, after = handwriting.gaps(LINE, [0.3, 0.6], 2.0)
    assert before[:, 1].tolist() == [0, 2]
    assert between[:, 1].tolist() == [4, 5]
    assert after[:, 1].tolist() == [7, 10]
    (whole,) = handwriting.gaps(LINE, [], 2.0)
    np.testing.assert_array_equal(whole, LINE)


def test_later_strokes_of_a_broken_digit_move_up_and_the_first_one_stays():
    first, second = handwriting.broken([LINE, LINE], rng())
    np.testing.assert_array_equal(first, LINE)
    away = second - LINE
    assert np.ptp(away, axis=0) == pytest.approx((0, 0), abs=1e-6)
    assert -0.12 <= away[0, 1] <= -0.04
    assert 0 <= away[0, 0] <= 0.12


def test_a_single_stroke_breaks_in_two():
    upper, lower = handwriting.broken([LINE / 10], rng())
    gap = lower[0, 1] - upper[-1, 1]
    assert 0.08 <= gap <= 0.16
    assert (upper[0, 1], lower[-1, 1]) == (0, 1)


def test_scribbles_are_of_many_kinds():
    drawn = [handwriting.scribble(rng(seed)) for seed in range(40)]
    assert {len(strokes) for strokes in drawn} >= {1, 2, 3}  # a heart has two
    assert all(np.isfinite(np.concatenate(strokes)).all() for strokes in drawn)
