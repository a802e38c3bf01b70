import numpy as np
import pytest

from edge_app import components

pytestmark = pytest.mark.device


def mask_of(*boxes):
    mask = np.zeros((100, 100), np.uint8)
    for x, y, w, h in boxes:
        mask[y : y + h, x : x + w] = 255
    return mask


def owners(*boxes, ink=None):
    labels, stats = components.find(mask_of(*boxes))
    strengths = None if ink is None else components.strengths(ink, labels, stats)
    joined = components.join(labels, stats, strengths)
    return [int(joined[labels[y, x]]) for x, y, _, _ in boxes]


def test_bar_above_belongs_to_the_body():
    first, second = owners((30, 20, 24, 4), (30, 29, 20, 40))
    assert first == second


@pytest.mark.parametrize(("strength", "is_part"), [(150, True), (80, False)])
def test_what_is_much_fainter_is_no_part(strength, is_part):
    bar, body = (30, 20, 24, 4), (30, 29, 20, 40)
    ink = mask_of(body)
    ink[20:24] = strength
    ink[29:] = 200
    first, second = owners(bar, body, ink=ink)
    assert (first == second) == is_part


def test_strengths_are_mean_ink():
    labels, stats = components.find(mask_of((10, 10, 2, 4), (30, 10, 4, 4)))
    ink = np.full((100, 100), 9, np.uint8)
    ink[:, 10], ink[:, 11], ink[:, 30:34] = 100, 50, 200
    found = components.strengths(ink, labels, stats)
    np.testing.assert_allclose(sorted(found[1:]), [75, 200])


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


def test_halves_as_high_as_the_other_digits_are_one():
    first, second, _ = owners((30, 20, 20, 19), (32, 41, 20, 19), (60, 20, 20, 40))
    assert first == second


def test_parts_of_a_dashed_stroke_are_one():
    dashes = [(30, 20 + 14 * i, 4, 12) for i in range(4)]
    found = owners(*dashes, (50, 20, 15, 54), (75, 20, 15, 54))
    assert len(set(found[:4])) == 1


def test_a_stack_of_digits_stays_apart():
    first, second, _ = owners((30, 6, 20, 40), (30, 48, 20, 40), (60, 6, 20, 40))
    assert first != second


def test_halves_far_apart_stay_apart():
    first, second, _ = owners((30, 20, 20, 14), (30, 43, 20, 17), (60, 20, 20, 40))
    assert first != second


def test_a_digit_in_its_box_stands_alone():
    mask = mask_of((20, 10, 40, 60))
    mask[12:68, 22:58] = 0
    mask[16:66, 30:40] = 255
    labels, stats = components.find(mask)
    joined = components.join(labels, stats)
    assert joined[labels[10, 20]] != joined[labels[30, 30]]
