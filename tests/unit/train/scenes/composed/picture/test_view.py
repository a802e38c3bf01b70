import numpy as np
import pytest

from train.scenes.composed.picture.view import PageView, fixed, view

FRAME_WH = (640, 480)
FLAT = PageView(np.eye(3), FRAME_WH)


def rng(seed=1):
    return np.random.default_rng(seed)


def test_a_flat_level_page_is_seen_as_it_is():
    level = view(FRAME_WH, rng())
    assert level.bend == 0
    points = np.array([(0, 0), (320.5, 240), (640, 480)])
    assert level.see(points) == pytest.approx(points, abs=1e-3)
    assert level.see(points).dtype == np.float32


def test_a_page_is_turned_around_the_frames_middle():
    turned = view(FRAME_WH, rng(), tilt_deg=90)
    middle, right = turned.see(np.array([(320, 240), (420, 240)]))
    assert middle == pytest.approx((320, 240), abs=1e-3)
    assert right == pytest.approx((320, 340), abs=1e-3)


def test_perspective_moves_each_corner_by_itself():
    corners = np.array([(0, 0), (640, 0), (640, 480), (0, 480)])
    away = view(FRAME_WH, rng(), perspective=0.1).see(corners) - corners
    assert len({tuple(shift) for shift in away.round(3)}) == 4
    assert 5 < np.abs(away).mean() < 60  # a deviation of 24 pixels


@pytest.mark.parametrize(
    ("is_upward", "first", "second"),
    [(True, (50, 300), (60, 300)), (False, (50, 300), (40, 300))],
)
def test_lines_of_a_sideways_view_run_up_or_down(is_upward, first, second):
    sideways = FLAT.sideways((50.0, 300.0), is_upward=is_upward)
    start, end, below = sideways.see(np.array([(0, 0), (100, 0), (0, 10)]))
    assert start == pytest.approx(first)
    assert end == pytest.approx((50, 200 if is_upward else 400))
    assert below == pytest.approx(second)


@pytest.mark.parametrize(
    ("waves", "x", "lift"),
    [(1.0, 320, 20), (1.0, 480, 0), (1.0, 640, -20), (0.0, 320, 20), (0.0, 640, 3.475)],
)
def test_a_bent_page_is_lifted_most_at_its_spine(waves, x, lift):
    bent = PageView(np.eye(3), FRAME_WH, bend=20, spine_x=0.5, waves=waves)
    ((seen_x, seen_y),) = bent.see(np.array([(x, 100)]))
    assert seen_x == x
    assert seen_y == pytest.approx(100 - lift, abs=0.01)


def test_a_bend_is_a_share_of_the_height():
    assert view(FRAME_WH, rng(), bend=0.05).bend == pytest.approx(24)
    spines = [view(FRAME_WH, rng(seed), bend=0.05).spine_x for seed in range(20)]
    assert -0.2 <= min(spines) < max(spines) <= 1.2


def test_straight_lines_bend_with_the_page():
    lines = [((0, 100), (640, 100)), ((10, 0), (10, 20))]
    whole, short = FLAT.courses(lines)
    assert whole.tolist() == [[0, 100], [640, 100]]
    assert short.tolist() == [[10, 0], [10, 20]]
    bent = PageView(np.eye(3), FRAME_WH, bend=20, spine_x=0.5, waves=1.0)
    whole, short = bent.courses(lines)
    assert whole.shape == (16, 2)
    assert short.shape == (2, 2)
    assert (whole[:, 1].min(), whole[:, 1].max()) == pytest.approx((80, 120), abs=2)


def test_points_are_drawn_in_sixteenths():
    points = fixed(np.array([(1.5, -2.25), (0.04, 0.03)]))
    assert points.dtype == np.int32
    assert points.tolist() == [[24, -36], [1, 0]]
