from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from train.data.mnist import Split
from train.scenes.paper.page_layout import grid, lay_out
from train.scenes.setting import ordinary

PAGE_WH = (640, 480)


def setting(**changes):
    plain = replace(ordinary(np.random.default_rng(1)), height=0.1)
    return replace(plain, **changes)


def page(seed=1, people=None, hands=None, **changes):
    rng = np.random.default_rng(seed)
    return lay_out(setting(**changes), PAGE_WH, rng, people, hands)


def digits(layout):
    return [digit for number in layout.numbers for digit in number]


def box(digit):
    return *digit.points.min(axis=0), *digit.points.max(axis=0)


def apart(a, b):
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("count", [1, 7, 48])
def test_a_grid_has_so_many_single_digits_on_the_page(count):
    layout = grid(count, setting(), PAGE_WH, np.random.default_rng(1))
    assert layout.alone
    assert [len(number) for number in layout.numbers] == [1] * count
    boxes = [box(digit) for digit in digits(layout)]
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 480
    assert all(apart(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("seed", range(5))
def test_numbers_stand_in_rows_from_left_to_right(seed):
    layout = page(seed, slope_deg=0.0)
    assert not layout.alone
    assert 1 <= max(map(len, layout.numbers)) <= 8
    for number in layout.numbers:
        middles = [(left + right) / 2 for left, _, right, _ in map(box, number)]
        assert middles == sorted(middles)
        for left, top, right, bottom in map(box, number):
            assert 0 < left < right < 640
            assert 0 < top < bottom < 480


def test_a_sudoku_has_81_cells_and_20_lines():
    layout = page(ground="sudoku", height=0.06)
    assert layout.alone
    assert (len(layout.segments), len(layout.bold)) == (12, 8)
    assert len(layout.printed) + len(layout.numbers) == 81
    assert all(text in "123456789" for text, _, _ in layout.printed)
    edges = np.array(layout.bold).reshape(-1, 2)
    low, high = edges.min(axis=0), edges.max(axis=0)
    assert high - low == pytest.approx(9 * 0.06 * 480 / 0.62)
    for left, top, right, bottom in map(box, digits(layout)):
        assert (low < (left, top)).all()
        assert ((right, bottom) < high).all()


def directions(segments):
    """How many lines run across, and how many down."""
    ends = np.array(segments).reshape(-1, 2, 2)
    across, down = ((ends[:, 0, axis] == ends[:, 1, axis]).sum() for axis in (1, 0))
    assert across + down == len(ends)
    return int(across), int(down)


def test_grounds_have_their_lines():
    ruled, squared, dotted = (page(ground=g) for g in ("ruled", "squared", "dotted"))
    across, down = directions(ruled.segments)
    assert across > 2
    assert down == 0
    assert min(directions(squared.segments)) > 2
    assert not dotted.segments
    assert len({x for x, _ in dotted.dots}) * len({y for _, y in dotted.dots}) == len(
        dotted.dots
    )
    assert directions(page(ground="plain").segments) == (0, 0)


def test_a_tables_numbers_are_short_and_in_its_cells():
    layout = page(ground="table")
    assert max(map(len, layout.numbers)) <= 4
    edges = np.array(layout.segments)[..., 0]
    columns = np.unique(edges.round(6))
    assert np.diff(columns) == pytest.approx(np.full(len(columns) - 1, 5.6 * 48))
    for number in layout.numbers:
        left, right = box(number[0])[0], box(number[-1])[2]
        assert np.searchsorted(columns, left) == np.searchsorted(columns, right)


def test_each_digit_has_its_box():
    layout = page(ground="boxes")
    assert len(layout.segments) == 4 * len(digits(layout))
    for index, digit in enumerate(digits(layout)):
        corners = np.array(layout.segments[4 * index : 4 * index + 4]).reshape(-1, 2)
        middle = (digit.points.min(axis=0) + digit.points.max(axis=0)) / 2
        assert (corners.min(axis=0) < middle).all()
        assert (middle < corners.max(axis=0)).all()


def test_lines_may_run_out_of_the_frame():
    boxes = [box(digit) for digit in digits(page(at_border=True))]
    assert min(left for left, _, _, _ in boxes) < 0


def test_a_lone_number_has_at_most_two_digits():
    for seed in range(4):
        (number,) = page(seed, lone=True).numbers
        assert len(number) <= 2


def test_something_else_stands_between_the_numbers():
    assert page(nearby="nothing").free == []
    for seed in range(2):
        layout = page(seed, nearby="print")
        assert layout.free
        assert layout.numbers
        for left, top, width, height in layout.free:
            for number in layout.numbers:
                assert apart((left, top, left + width, top + height), box(number[0]))


def test_touching_digits_come_closer():
    def gaps(**changes):
        layout = page(3, gap=0.4, **changes)
        return [
            box(b)[0] - box(a)[2]
            for number in layout.numbers
            for a, b in pairwise(number)
        ]

    assert min(gaps()) > 0.2 * 48
    assert np.median(gaps(touching=1.0)) < 0.15 * 48
    assert np.median(gaps(touching=1.0, overlap=0.15)) < np.median(gaps(touching=1.0))


def test_a_setting_says_how_far_legs_reach():
    def tallest(tails):
        sevens = [d for d in digits(page(2, tails=tails)) if d.label == 7]
        return max(np.ptp(seven.points[:, 1]) for seven in sevens)

    assert tallest(1.0) > 1.3 * tallest(0.0)


def test_half_of_the_pages_show_images_of_people():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 10:15] = 255
    people = Split(image, np.array([7], np.uint8))
    made = [digits(page(seed, people)) for seed in range(16)]
    shown = [written for written in made if written[0].image is not None]
    assert 3 < len(shown) < 13
    for digit in shown[0]:
        assert digit.label == 7
        assert digit.image.shape == (20, 5)
        left, top, right, bottom = box(digit)
        assert bottom - top == pytest.approx(48, rel=0.1)
        assert (right - left) / (bottom - top) == pytest.approx(5 / 20, rel=1e-4)
    assert len({digit.label for written in made for digit in written}) > 1


def test_real_hands_write_most_pages(hands):
    ours = page(1)
    pages = [page(seed, hands=hands) for seed in range(3)]
    assert ours.hand is None
    assert all(layout.hand is not None and layout.numbers for layout in pages)
    assert len({layout.hand.writer for layout in pages}) > 1
