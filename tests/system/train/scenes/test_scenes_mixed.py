from functools import cache

import numpy as np
import pytest

from train import scenes
from train.data.mnist import Split

pytestmark = [
    pytest.mark.slow,  # many scenes
    pytest.mark.xdist_group("scenes_mixed"),  # each is made once
]

MOST_OFF = 2.0  # pixels


def _people():
    images = np.zeros((10, 28, 28), np.uint8)
    for label in range(10):
        images[label, 4:24, 9 + label // 2 : 14 + label] = 255
    return Split(images, np.arange(10, dtype=np.uint8))


@cache
def mixed(seed):
    """A scene with those digits among others; nobody changes it."""
    return scenes.mixed(seed, mnist=_people())


@pytest.mark.parametrize("seed", range(12))
def test_same_seed_same_scene(seed):
    scene = mixed(seed)
    again = scenes.mixed(seed, mnist=_people())
    np.testing.assert_array_equal(scene.frame, again.frame)
    np.testing.assert_array_equal(scene.ink, again.ink)
    assert scene.truth == again.truth
    assert scene.frame.dtype == scene.ink.dtype == np.uint8
    assert scene.ink.shape == scene.frame.shape[:2]
    for number in scene.truth.numbers:
        assert all(0 <= i < len(scene.truth.digits) for i in number)


def test_boxes_are_those_of_the_ink():
    checked = 0
    for seed in range(40):
        scene = mixed(seed)
        boxes = [d.box for d in scene.truth.digits] + list(scene.truth.soft)
        for digit in scene.truth.digits:
            x, y, w, h = digit.box
            if any(_near(digit.box, box) for box in boxes if box is not digit.box):
                continue
            left, top = max(0, int(x) - 4), max(0, int(y) - 4)
            window = scene.ink[top : int(y + h) + 5, left : int(x + w) + 5] > 102
            rows, columns = np.flatnonzero(window.any(1)), np.flatnonzero(window.any(0))
            assert len(rows), (seed, digit)
            assert abs(left + columns[0] - x) <= MOST_OFF, (seed, digit)
            assert abs(top + rows[0] - y) <= MOST_OFF, (seed, digit)
            assert abs(left + columns[-1] + 1 - x - w) <= MOST_OFF, (seed, digit)
            assert abs(top + rows[-1] + 1 - y - h) <= MOST_OFF, (seed, digit)
            checked += 1
    assert checked > 100


def _near(a, b):
    """Whether one box reaches into another's surroundings."""
    return (
        a[0] - 6 < b[0] + b[2]
        and b[0] < a[0] + a[2] + 6
        and a[1] - 6 < b[1] + b[3]
        and b[1] < a[1] + a[3] + 6
    )


def test_ink_is_darkest_or_brightest_where_it_says():
    apart = []
    for seed in range(40):
        scene = mixed(seed)
        gray = scene.frame.mean(axis=2)
        for digit in scene.truth.digits:
            x, y, w, h = (int(n) for n in digit.box)
            inside = gray[y : y + h, x : x + w]
            ink = scene.ink[y : y + h, x : x + w]
            if (ink > 200).any() and (ink < 20).any():
                apart.append(abs(inside[ink > 200].mean() - inside[ink < 20].mean()))
    assert np.median(apart) > 20
    assert np.mean(np.array(apart) > 3) > 0.97


def test_frames_of_several_sizes_with_and_without_digits():
    made = [scenes.mixed(seed) for seed in range(300, 340)]
    assert len({scene.frame.shape for scene in made}) > 4
    share = np.mean([not scene.truth.digits for scene in made])
    assert 0 < share < 0.4
    kinds = {other.kind for scene in made for other in scene.truth.others}
    assert {"letter", "print", "symbol"} <= kinds


def test_strips_are_cut_out_around_their_digits():
    heights = set()
    for seed in range(12):
        scene = scenes.make("strip", seed)
        height, width = scene.frame.shape[:2]
        heights.add(height)
        tallest = max(digit.box[3] for digit in scene.truth.digits)
        assert tallest > 0.35 * height
        for digit in scene.truth.digits:
            x, y, w, h = digit.box
            assert x >= 0
            assert y >= 0
            assert x + w <= width
            assert y + h <= height
    assert len(heights) > 5


def test_one_digit_fills_its_picture():
    for seed in range(12):
        scene = scenes.make("one digit", seed)
        (digit,) = scene.truth.digits
        assert digit.box[3] > 0.2 * scene.frame.shape[0]


def test_digits_of_a_tilted_table_are_tilted_with_it():
    scene = scenes.make("tilted table", 2)
    assert len(scene.truth.digits) > 3


@pytest.mark.parametrize("condition", ["dates", "equations", "amounts"])
def test_signs_among_digits_are_named(condition):
    found = {
        other.kind
        for seed in range(4)
        for other in scenes.make(condition, seed).truth.others
    }
    expected = {
        "dates": {"slash", "colon"},
        "equations": {"letter", "symbol"},
        "amounts": {"point", "comma"},
    }
    assert expected[condition] <= found


def test_what_nobody_can_read_does_not_count():
    dark = [scenes.make("no digits: sun", seed) for seed in range(3)]
    assert not any(scene.ink.any() for scene in dark)
    for seed in range(30):
        truth = mixed(seed).truth
        assert not {digit.box for digit in truth.digits} & set(truth.soft)
