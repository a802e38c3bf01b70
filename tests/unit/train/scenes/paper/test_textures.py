import cv2
import numpy as np
import pytest

from train.scenes.paper import textures

ODD_WH = (101, 77)


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("make", ["wood", "cloth", "carpet", "streaked", "leaves"])
@pytest.mark.parametrize("size_wh", [ODD_WH, (9, 8)])
def test_a_surface_is_of_the_size_and_the_seed_asked_for(make, size_wh):
    one, same, other = (
        getattr(textures, make)(size_wh, rng(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == (size_wh[1], size_wh[0], 3)
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.std() > 1
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_paper_has_one_color_and_a_tooth():
    sheet = textures.paper(ODD_WH, (245, 200, 160), rng())
    assert sheet.shape == (77, 101, 3)
    assert sheet.mean(axis=(0, 1)) == pytest.approx((245, 200, 160), abs=6)
    assert (sheet[..., 0] - sheet[..., 2]).tolist() == pytest.approx(
        np.full((77, 101), 85), abs=1e-3
    )
    assert 0.3 < sheet.std(axis=(0, 1)).max() < 10


def test_woods_grain_runs_along_the_width():
    gray = textures.wood((320, 240), rng()).mean(axis=2)
    along, across = (np.abs(np.diff(gray, axis=axis)).mean() for axis in (1, 0))
    assert across > 3 * along


def test_streaks_run_along_any_direction_on_a_dark_ground():
    directions = []
    for seed in range(20):
        gray = textures.streaked((200, 160), rng(seed)).mean(axis=2)
        assert np.median(gray) < 110
        soft = cv2.GaussianBlur(gray, (0, 0), 1.5)
        across_y, across_x = np.gradient(soft)
        # The structure tensor's: across the streaks, gray levels change most.
        twice = np.arctan2(
            2 * (across_x * across_y).sum(), (across_x**2 - across_y**2).sum()
        )
        directions.append(np.degrees(twice / 2) % 180)
    quarters = np.histogram(directions, bins=4, range=(0, 180))[0]
    assert quarters.min() > 0


def test_creases_turn_two_sides_to_the_light():
    assert (textures.creases(ODD_WH, 0, rng()) == 1).all()
    light = textures.creases((200, 200), 1, rng())
    assert light.mean() == pytest.approx(1, abs=0.04)
    assert light.min() < 0.97
    assert light.max() > 1.03
    # Far from the fold, each side is a little darker or brighter than flat paper.
    corners = light[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (np.abs(corners - 1) > 0.01).all()
    assert corners.min() < 1 < corners.max()


def test_clouds_are_as_fine_as_their_grid():
    coarse, fine = (
        textures.clouds((200, 100), cells, rng()) for cells in ((2, 1), (50, 25))
    )
    assert coarse.shape == fine.shape == (100, 200)
    rough = [np.abs(np.diff(field)).mean() / field.std() for field in (coarse, fine)]
    assert rough[1] > 5 * rough[0]


def test_a_tile_is_repeated_from_anywhere():
    tile = np.arange(16, dtype=np.float32).reshape(4, 4)
    starts = set()
    for seed in range(20):
        wall = textures.fitted(tile, (10, 7), rng(seed))
        assert wall.shape == (7, 10)
        assert np.array_equal(wall[:3], wall[4:])
        assert np.array_equal(wall[:, :6], wall[:, 4:])
        assert sorted(wall[:4, :4].ravel()) == list(range(16))
        starts.add(wall[0, 0])
    assert len(starts) > 5
