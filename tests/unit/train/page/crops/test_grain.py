import numpy as np
import pytest

from train.page.crops.grain import grain


@pytest.mark.parametrize("side", [16, 97])
def test_a_square_of_the_seed_asked_for(side):
    one, same, other = (grain(side, np.random.default_rng(s)) for s in (1, 1, 2))
    assert one.shape == (side, side)
    assert one.dtype == np.uint8
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_streaks_run_in_any_direction():
    angles, ratios = [], []
    for seed in range(16):
        gray = grain(128, np.random.default_rng(seed)).astype(float)
        down, across = np.gradient(gray)
        tensor = np.cov(across.ravel(), down.ravel())
        values, vectors = np.linalg.eigh(tensor)
        ratios.append(values[1] / max(values[0], 1e-6))
        angles.append(np.degrees(np.arctan2(*vectors[::-1, 1])) % 180)
    assert np.median(ratios) > 2  # along a streak less changes than across
    assert len({int(angle // 45) for angle in angles}) == 4


def test_grounds_are_dark_and_bright_and_the_corners_are_filled():
    squares = [grain(64, np.random.default_rng(seed)) for seed in range(40)]
    means = [square.mean() for square in squares]
    assert min(means) < 30
    assert max(means) > 130
    rough = [
        np.median([square[place].std() for square in squares])
        for place in (np.s_[:12, :12], np.s_[26:38, 26:38])
    ]
    assert rough[0] > 0.4 * rough[1]
