import itertools

import numpy as np
import pytest

from edge_app.live.tracking.assign import assigned

pytestmark = pytest.mark.device


def test_assignment_is_the_best_there_is():
    rng = np.random.default_rng(3)
    for _ in range(50):
        count = int(rng.integers(1, 6))
        places = rng.integers(0, 60, (2, count, 2))
        old = [(int(x), int(y), 20, 40) for x, y in places[0]]
        new = [(int(x), int(y), 20, 40) for x, y in places[1]]
        pairs = assigned([[box] for box in old], new, np.zeros(2))

        def cost(i, j, old=old, new=new):
            dx = old[i][0] - new[j][0]
            dy = old[i][1] - new[j][1]
            distance = np.hypot(dx, dy) / 40
            return min(distance, 1.0)

        best = min(
            sum(cost(i, j) for i, j in enumerate(order))
            for order in itertools.permutations(range(count))
        )
        found = sum(cost(i, j) for i, j in pairs.items())
        assert found + (count - len(pairs)) == pytest.approx(best, abs=0.01)


def test_nothing_to_assign():
    box = (0, 0, 20, 40)
    assert assigned([], [box], np.zeros(2)) == {}
    assert assigned([[box]], [], np.zeros(2)) == {}


def test_expected_motion_decides_between_neighbors():
    known = [[(0, 0, 20, 40)], [(30, 0, 20, 40)]]
    seen = [(30, 0, 20, 40), (60, 0, 20, 40)]
    assert assigned(known, seen, np.array([30.0, 0.0])) == {0: 0, 1: 1}


def test_a_row_is_not_moved_on_so_that_a_speck_has_a_partner():
    known = [[(30 * n, 0, 20, 40)] for n in range(1, 6)]
    seen = [(30 * n, 0, 20, 40) for n in range(5)]  # the last one is not read
    assert assigned(known, seen, np.zeros(2)) == {n: n + 1 for n in range(4)}


def test_a_box_of_another_size_is_another_one():
    assert assigned([[(0, 0, 20, 40)]], [(0, -30, 60, 160)], np.zeros(2)) == {}


def test_the_nearest_of_several_places_counts():
    half, whole = (0, 20, 20, 20), (0, 0, 20, 40)
    seen = [(16, 0, 20, 40), (0, 0, 20, 40)]
    known = [[half, whole], [(30, 0, 20, 40)]]
    assert assigned(known, seen, np.zeros(2)) == {0: 1, 1: 0}


def test_a_page_full_of_boxes_takes_no_longer_than_they_are_many():
    boxes = [(x, y, 8, 12) for x in range(0, 1800, 18) for y in range(0, 1000, 36)]
    moved = [(x + 2, y + 1, w, h) for x, y, w, h in boxes]
    # As one problem, that took a minute.
    pairs = assigned([[box] for box in boxes], moved, np.zeros(2))
    assert pairs == {index: index for index in range(len(boxes))}
