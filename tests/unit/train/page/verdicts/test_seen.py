import numpy as np
import pytest

from train.page.crops.pool import Rendered
from train.page.verdicts.seen import matched

NOTHING = np.zeros((0, 0), np.uint8)
SEVEN, LETTER, THREE = (10, 10, 20, 40), (50, 10, 20, 40), (90, 10, 20, 40)
CUT = (0, 100, 20, 40)


def scene():
    """A seven, a letter, a three, and a digit that the border cuts."""
    return Rendered(
        NOTHING,
        NOTHING,
        np.array([SEVEN, LETTER, THREE], np.float32),
        np.array([7, 10, 3]),
        np.array([CUT], np.float32),
    )


def test_boxes_have_the_labels_of_what_stands_there():
    assert matched([THREE, LETTER, SEVEN], scene()) == ([3, 10, 7], 0)


@pytest.mark.parametrize(("width", "label", "num_missed"), [(9, 7, 1), (7, 10, 2)])
def test_a_box_matches_where_four_tenths_are_the_same(width, label, num_missed):
    box = (10, 10, width, 40)
    assert matched([box], scene()) == ([label], num_missed)


def test_a_digit_is_matched_once():
    labels, num_missed = matched([SEVEN, SEVEN], scene())
    assert labels == [7, 10]
    assert num_missed == 1


def test_what_is_neither_right_nor_wrong_has_no_label():
    beside = (13, 100, 20, 40)  # a little more than a third of it
    assert matched([CUT, beside, (16, 100, 20, 40)], scene()) == ([None, None, 10], 2)


def test_nothing_found_misses_every_digit():
    assert matched([], scene()) == ([], 2)
