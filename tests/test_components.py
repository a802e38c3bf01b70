import numpy as np

from edge_app import components


def mask_of(*boxes):
    mask = np.zeros((100, 100), np.uint8)
    for x, y, w, h in boxes:
        mask[y : y + h, x : x + w] = 255
    return mask


def owners(*boxes):
    labels, stats = components.find(mask_of(*boxes))
    joined = components.join(labels, stats)
    return [int(joined[labels[y, x]]) for x, y, _, _ in boxes]


def test_bar_above_belongs_to_the_body():
    first, second = owners((30, 20, 24, 4), (30, 29, 20, 40))
    assert first == second


def test_far_part_stands_alone():
    first, second = owners((30, 5, 24, 4), (30, 40, 20, 40))
    assert first != second


def test_digits_side_by_side_stand_alone():
    first, second = owners((30, 20, 10, 40), (44, 20, 10, 40))
    assert first != second


def test_small_digit_above_a_large_one_stands_alone():
    first, second = owners((30, 10, 14, 20), (30, 36, 30, 60))
    assert first != second


def test_full_stop_stands_alone():
    first, second = owners((30, 20, 20, 40), (56, 56, 4, 4))
    assert first != second
