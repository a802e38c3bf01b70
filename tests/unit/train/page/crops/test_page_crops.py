import numpy as np
import pytest

from edge_app.find.page.maps import NUM_INK, NUM_SIZES
from train.page.crops.page_crops import crop, of_grain
from train.page.crops.pool import Rendered
from train.page.crops.targets import NUM_KINDS

NO_BOXES = np.zeros((0, 4), np.float32)


def test_a_crop_shows_its_scene_with_its_boxes():
    gray = np.full((240, 320), 220, np.uint8)
    ink = np.zeros_like(gray)
    gray[100:130, 150:158] = 20
    ink[100:130, 150:158] = 255
    scene = Rendered(
        gray, ink, np.array([[150, 100, 8, 30]], np.float32), np.array([1]), NO_BOXES
    )
    seen = 0
    for seed in range(30):
        made_crop = crop(scene, 96, np.random.default_rng(seed))
        assert made_crop.gray.shape == (96, 96)
        rows, columns, kinds = np.nonzero(made_crop.targets.kinds[..., :NUM_KINDS] == 1)
        if not len(kinds) or kinds[0] >= 10:
            continue
        seen += 1
        log_w, log_h = made_crop.targets.sizes[rows[0], columns[0], :2]
        cells = made_crop.targets.ink[..., :NUM_INK].reshape(24, 24, 4, 4)
        pixels = cells.swapaxes(1, 2).reshape(96, 96) > 0.5
        height = np.ptp(np.nonzero(pixels.any(axis=1))[0]) + 1
        assert 16 * np.exp(log_h) == pytest.approx(height, rel=0.25, abs=2)
        assert log_h > log_w
    assert seen > 10


def test_a_crop_of_grain_says_that_nothing_is_there():
    one, same, other = (of_grain(64, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(one.gray, same.gray)
    assert not np.array_equal(one.gray, other.gray)
    heat, weight = np.split(one.targets.kinds, [NUM_KINDS], axis=-1)
    assert one.gray.shape == (64, 64)
    assert heat.shape == weight.shape == (16, 16, NUM_KINDS)
    assert heat.max() == 0
    assert weight.min() == 1
    assert one.targets.ink[..., :NUM_INK].max() == 0
    assert one.targets.sizes[..., NUM_SIZES].max() == 0
