from itertools import pairwise

import numpy as np
import pytest

from benchmarks.reading.photos import overlap
from train import scenes


@pytest.mark.parametrize("condition", [*scenes.CONDITIONS, *scenes.WITHOUT_DIGITS])
def test_every_condition(condition):
    scene, again = (scenes.make(condition, 3, size_wh=(320, 240)) for _ in "12")
    np.testing.assert_array_equal(scene.frame, again.frame)
    assert scene.truth == again.truth
    assert scene.frame.dtype == np.uint8
    assert scene.frame.std() > 1
    assert bool(scene.truth.digits) == (condition in scenes.CONDITIONS)
    for number in scene.truth.numbers:
        assert all(0 <= i < len(scene.truth.digits) for i in number)


def test_other_seed_other_scene():
    assert scenes.make("plain", 1).truth.digits != scenes.make("plain", 2).truth.digits


@pytest.mark.parametrize("condition", ["plain", "slanted", "sloping", "turned 90"])
def test_boxes_are_tight(condition):
    scene = scenes.make(condition, 4)
    gray = scene.frame.astype(float).mean(axis=2)
    for digit in scene.truth.digits:
        x, y, w, h = (int(n) for n in digit.box)
        inside = gray[y : y + h, x : x + w]
        dark = inside < (inside.min() + np.median(gray)) / 2
        # Each side of the box has ink within two pixels.
        for side in (dark[:2], dark[-2:], dark[:, :2], dark[:, -2:]):
            assert side.any()


def test_size_changes_the_pixels_only():
    small = scenes.make("plain", 5)
    large = scenes.make("plain", 5, size_wh=(1280, 960))
    assert large.frame.shape == (960, 1280, 3)
    assert [d.label for d in small.truth.digits] == [
        d.label for d in large.truth.digits
    ]
    for a, b in zip(small.truth.digits, large.truth.digits, strict=True):
        assert overlap(a.box, tuple(n / 2 for n in b.box)) > 0.7


def test_digits_cut_by_the_border_do_not_count():
    soft = [box for n in range(5) for box in scenes.make("cut by border", n).truth.soft]
    assert soft
    for x, y, w, h in soft:
        assert x < 1 or y < 1 or x + w >= 640 or y + h >= 480


def test_numbers_are_in_reading_order():
    truth = scenes.make("plain", 6).truth
    for number in truth.numbers:
        lefts = [truth.digits[i].box[0] for i in number]
        assert lefts == sorted(lefts)


def test_touching_digits_touch():
    boxes = [d.box for d in scenes.make("touching", 2).truth.digits]
    assert any(0 < b[0] - a[0] < a[2] for a, b in pairwise(boxes))


def test_digits_that_people_wrote():
    from train.data.mnist import Split

    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 12:16] = 255
    people = Split(image, np.array([7], np.uint8))
    labels = set()
    for seed in range(6):
        scene = scenes.make("plain", seed, mnist=people)
        labels.add(frozenset(digit.label for digit in scene.truth.digits))
    assert frozenset({7}) in labels  # pages of them alone
    assert len(labels) > 1  # and pages of our own strokes


def test_unknown_condition():
    with pytest.raises(ValueError, match="no condition 'fog'"):
        scenes.make("fog", 1)


@pytest.mark.parametrize("condition", ["plain", "pencil", "hairline", "turned 90"])
def test_ink_lies_in_its_boxes(condition):
    scene = scenes.make(condition, 4)
    assert scene.ink.shape == scene.frame.shape[:2]
    rest = scene.ink.copy()
    for digit in scene.truth.digits:
        x, y, w, h = (int(n) for n in digit.box)
        inside = scene.ink[y : y + h, x : x + w] > 110
        for side in (inside[:2], inside[-2:], inside[:, :2], inside[:, -2:]):
            assert side.any()
    for box in (
        *(seen_digit.box for seen_digit in scene.truth.digits),
        *scene.truth.soft,
    ):
        x, y, w, h = (int(n) for n in box)
        rest[max(0, y - 3) : y + h + 3, max(0, x - 3) : x + w + 3] = 0
    assert not rest.any()


def test_ink_is_that_of_digits_alone():
    assert not scenes.make("no digits: letters", 1).ink.any()
    scene = scenes.make("print nearby", 1)
    printed = [other for other in scene.truth.others if other.kind == "print"]
    assert printed
    for other in printed:
        x, y, w, h = (int(n) for n in other.box)
        assert not scene.ink[max(0, y) : y + h, max(0, x) : x + w].any()
