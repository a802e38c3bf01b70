import numpy as np
import pytest

from train.scenes.paper import around

LEVEL = np.eye(3)


def blank():
    return np.full((120, 160, 3), 200, np.float32)


def changed(picture):
    return np.abs(picture - 200).max(axis=2) > 1


def sides(mask):
    return [side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1])]


def test_points_of_the_page_in_the_frames_sixteenths():
    moved = np.array([[1, 0, 10], [0, 1, -2], [0, 0, 1]], float)
    places = around.fixed(np.array([(1.5, 2.25), (0, 0)]), moved)
    assert places.tolist() == [[184, 4], [160, -32]]


@pytest.mark.parametrize("seed", range(5))
def test_a_sheet_ends_within_the_frame(seed):
    picture = blank()
    around.put_on_desk(picture, LEVEL, np.random.default_rng(seed))
    desk = changed(picture)
    assert any(sides(desk))
    assert not desk[30:90, 40:120].any()


def test_a_sheet_that_is_seen_elsewhere_ends_elsewhere():
    picture = blank()
    right = np.array([[1, 0, 80], [0, 1, 0], [0, 0, 1]], float)
    around.put_on_desk(picture, right, np.random.default_rng(1))
    desk = changed(picture)
    assert desk[:, :60].mean() > 0.95
    assert picture[:, :40].mean() < 200
    assert not desk[30:90, 110:].any()


def test_fingers_reach_in_from_one_side():
    seen = set()
    for seed in range(12):
        picture = blank()
        around.hold(picture, np.random.default_rng(seed))
        held = changed(picture)
        assert 0 < held.mean() < 0.4
        assert any(sides(held))
        assert not held[50:70, 70:90].any()
        # Skin has more red than blue.
        skin = picture[np.abs(picture[..., 2] - picture[..., 0]) > 40]
        assert len(skin)
        assert (skin[:, 2] > skin[:, 0]).all()
        seen.add(tuple(sides(held)))
    assert len(seen) > 3
