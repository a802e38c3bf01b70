import numpy as np
import pytest

from train.scenes.writing.written import Written, dense, touching


def bar(x, top=0, bottom=100, image=None):
    """A straight stroke down; of an image, the four corners come first."""
    ends = np.array([(x, top), (x, bottom)], np.float32)
    if image is None:
        return Written(1, 100, [ends])
    along = np.array([(x, y) for y in range(top, bottom + 1)], np.float32)
    corners = np.zeros((4, 2), np.float32)
    return Written(1, 100, [np.concatenate([corners, along])], image)


def test_a_moved_digit_leaves_the_first_where_it_was():
    digit = bar(10)
    moved = digit.moved(5, -2)
    assert moved.points.tolist() == [[15, -2], [15, 98]]
    assert digit.points.tolist() == [[10, 0], [10, 100]]
    assert (moved.label, moved.height) == (1, 100)


def test_points_are_those_of_all_strokes():
    two = Written(4, 100, [*bar(0).strokes, *bar(50).strokes])
    assert two.points[:, 0].tolist() == [0, 0, 50, 50]


def test_a_straight_stroke_has_points_all_along():
    ys = np.sort(dense(bar(3))[:, 1])
    assert (ys[0], ys[-1]) == (0, 100)
    assert np.diff(ys).max() <= 100 / 12 + 1e-3


def test_an_image_has_the_points_of_its_ink_alone():
    digit = bar(7, image=np.zeros((2, 2), np.uint8))
    assert (dense(digit)[:, 0] == 7).all()


@pytest.mark.parametrize(
    ("overlap", "image", "expected"),
    [
        (0.0, None, 40 + 8),  # the ink of two strokes of 10 pixels meets just so
        (0.05, None, 40 + 3),
        (0.0, np.zeros((2, 2), np.uint8), 40),  # an image's points are its ink
    ],
)
def test_digits_touch_where_their_ink_meets(overlap, image, expected):
    start = touching(
        bar(40), bar(0, image=image), height=100, pen_width=0.1, overlap=overlap
    )
    assert start == pytest.approx(expected)


def test_the_nearest_strokes_of_one_level_decide():
    # A foot to the right, below all of the next digit.
    foot = np.array([(40, 100), (60, 100)], np.float32)
    before = Written(2, 100, [*bar(40).strokes, foot])
    start = touching(before, bar(0, 0, 60), height=100, pen_width=0.1)
    assert start == pytest.approx(48)


def test_a_digit_reaches_no_further_than_a_third_below_the_last():
    high, low = bar(40, 0, 20), bar(0, 80, 100)
    assert touching(high, low, height=100, pen_width=0.1) == pytest.approx(40 - 30)
