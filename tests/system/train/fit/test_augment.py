import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.fit import augment


@pytest.fixture
def bars():
    images = np.zeros((200, 28, 28, 1), np.float32)
    images[:, 8:20, 12:16] = 1.0
    return images


LAYERS = {
    "warp": lambda: augment.RandomWarp(seed=1),
    "stroke width": lambda: augment.RandomStrokeWidth(0.5, seed=1),
    "ink": lambda: augment.RandomInk(seed=1),
    "residue": lambda: augment.RandomResidue(seed=1),
    "camera": lambda: augment.RandomCamera(seed=1),
    "all": lambda: augment.augmenter(1),
}


@pytest.mark.parametrize("name", LAYERS)
def test_images_stay_images_and_vary(bars, name):
    varied = np.asarray(LAYERS[name]()(bars, training=True))
    assert varied.shape == bars.shape
    assert varied.dtype == np.float32
    assert varied.min() >= 0
    assert varied.max() <= 1 + 1e-6
    assert (varied[1:] != varied[:1]).any()


def test_warped_digits_stay_in_the_middle(bars):
    moved = np.asarray(augment.RandomWarp(seed=3)(bars))[..., 0]
    mass = moved.sum(axis=(1, 2))
    x = (moved.sum(axis=1) * np.arange(28)).sum(axis=1) / mass
    y = (moved.sum(axis=2) * np.arange(28)).sum(axis=1) / mass
    assert np.abs(x - 13.5).max() < 4
    assert np.abs(y - 13.5).max() < 4
    assert x.std() > 0.4


def test_no_warp_changes_nothing(bars):
    still = np.asarray(augment.RandomWarp(seed=3)(bars, strength=0.0))
    np.testing.assert_allclose(still, bars, atol=1e-5)


def test_less_strength_varies_fewer_images(bars):
    layer = augment.augmenter(0)
    layer(bars, training=True)

    def share(strength):
        augment.restart(layer, seed=1, strength=strength)
        varied = np.asarray(layer(bars, training=True))
        return (varied != bars).any(axis=(1, 2, 3)).mean()

    assert share(1.0) == 1.0
    assert 0.35 < share(0.5) < 0.65
    assert share(0.0) == 0.0


def test_residue_comes_from_the_side_or_as_a_line(bars):
    varied = np.asarray(augment.RandomResidue(seed=2)(bars))
    changed = (varied != bars).any(axis=(1, 2, 3))
    assert 0.1 < changed.mean() < 0.4
    assert (varied >= bars - 1e-6).all()  # ink is added, none is taken


def test_restarting_repeats(bars):
    layer = augment.augmenter(0)
    layer(bars, training=True)

    def varied(seed):
        augment.restart(layer, seed=seed, strength=1.0)
        return np.asarray(layer(bars, training=True))

    first = varied(7)
    np.testing.assert_array_equal(first, varied(7))
    assert (first != varied(8)).any()
