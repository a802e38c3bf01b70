"""What some people add to ones and sevens."""

from dataclasses import replace

import numpy as np
import pytest

from train.data.mnist import Split
from train.scenes.composed.text.scribe import Scribe
from train.scenes.writing import habits

PLAIN = habits.Habits(has_bars=False, has_hooks=False, has_flags=False, has_feet=False)
ONE = [np.array([[0.1, 0], [0.1, 0.5], [0.1, 1]], np.float32)]
SEVEN = [
    np.array([[0, 0], [0.6, 0]], np.float32),
    np.array([[0.6, 0], [0.4, 0.5], [0.2, 1]], np.float32),
]
DENSE_SEVEN = [np.linspace(*stroke[[0, -1]], 30, dtype=np.float32) for stroke in SEVEN]


def added(strokes, label, seed, **chosen):
    rng = np.random.default_rng(seed)
    return habits.added(strokes, label, replace(PLAIN, **chosen), rng)[len(strokes) :]


@pytest.mark.parametrize("seed", range(10))
def test_a_bar_crosses_a_sevens_stem(seed):
    (bar,) = added(DENSE_SEVEN, 7, seed, has_bars=True)
    x, y = bar[:, 0], bar[:, 1]
    assert 0.2 < y.mean() < 0.8
    stem = 0.6 - 0.4 * y.mean()
    assert x.min() < stem < x.max()


@pytest.mark.parametrize("seed", range(10))
def test_a_hook_leads_up_to_the_left_end_of_a_sevens_top(seed):
    (hook,) = added(DENSE_SEVEN, 7, seed, has_hooks=True)
    assert hook[0] == pytest.approx([0, 0])
    assert 0.05 < hook[-1, 1] < 0.4


@pytest.mark.parametrize("seed", range(10))
def test_a_flag_leads_up_to_the_top_of_a_one_from_the_left(seed):
    (flag,) = added(ONE, 1, seed, has_flags=True)
    assert flag[0] == pytest.approx([0.1, 0])
    assert flag[-1, 0] < 0.05
    assert flag[-1, 1] > 0.05


@pytest.mark.parametrize("seed", range(10))
def test_a_foot_is_a_line_under_a_one(seed):
    (foot,) = added(ONE, 1, seed, has_feet=True)
    assert np.ptp(foot[:, 0]) >= 0.25
    assert 0.85 < foot[:, 1].mean() < 1.2


def test_what_is_crossed_or_footed_already_stays_as_it_is():
    crossed = [*DENSE_SEVEN, np.array([[0.1, 0.5], [0.7, 0.5]], np.float32)]
    assert added(crossed, 7, 1, has_bars=True) == []
    footed = [*ONE, np.array([[-0.2, 1], [0.4, 1]], np.float32)]
    assert added(footed, 1, 1, has_flags=True, has_feet=True) == []


@pytest.mark.parametrize("label", [0, 2, 3, 4, 5, 6, 8, 9])
def test_other_digits_have_nothing_added(label):
    every = dict.fromkeys(vars(PLAIN), True)
    assert added(SEVEN, label, 1, **every) == []


def test_people_differ():
    people = {habits.drawn(np.random.default_rng(seed)) for seed in range(100)}
    assert PLAIN in people
    assert len(people) > 8


def test_legs_reach_down_in_images_where_people_have_habits():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 12:15] = 255
    people = Split(np.repeat(image, 10, axis=0), np.arange(10, dtype=np.uint8))

    def height(label, *, has_habits):
        for seed in range(100):
            scribe = Scribe(
                np.random.default_rng(seed),
                people,
                None,
                tails=0.5,
                has_habits=has_habits,
            )
            if scribe.writes_images:
                return float(np.ptp(scribe.digit(label).points[:, 1]))
        raise AssertionError("nobody writes images")

    assert height(7, has_habits=True) == pytest.approx(1.5)
    assert height(3, has_habits=True) == pytest.approx(1.0)
    assert height(7, has_habits=False) == pytest.approx(1.0)
