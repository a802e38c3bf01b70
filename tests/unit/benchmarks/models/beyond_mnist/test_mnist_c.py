import numpy as np
import pytest

from benchmarks.models.beyond_mnist import mnist_c

BLANK = np.zeros((50, 28, 28), np.uint8)
# A block that lies to the upper left of the middle.
BLOCK = BLANK.copy()
BLOCK[:, 8:14, 9:13] = 200


def corrupted(name, images=BLOCK, seed=1):
    (found,) = (kind for kind in mnist_c.CORRUPTIONS if kind.name == name)
    return found(images, seed=seed)


@pytest.mark.parametrize("kind", mnist_c.CORRUPTIONS, ids=lambda kind: kind.name)
def test_the_seed_decides_what_becomes_of_images(kind):
    before = BLOCK.copy()
    first, same = kind(BLOCK, seed=1), kind(BLOCK, seed=1)
    np.testing.assert_array_equal(first, same)
    np.testing.assert_array_equal(BLOCK, before)
    assert (first.shape, first.dtype) == (BLOCK.shape, np.uint8)
    assert (first != BLOCK).any(axis=(1, 2)).all()
    is_random = kind.name not in ("gaussian blur", "contrast", "scale")
    assert np.array_equal(first, kind(BLOCK, seed=2)) is not is_random


@pytest.mark.parametrize("name", ["dotted line", "zigzag", "spatter"])
def test_what_is_drawn_is_drawn_on_blank_images_as_well(name):
    assert corrupted(name, BLANK).max() > 50


@pytest.mark.parametrize(
    "name", ["shot noise", "gaussian blur", "motion blur", "shear", "rotation", "scale"]
)
def test_blank_images_stay_blank_where_ink_is_changed_alone(name):
    assert not corrupted(name, BLANK).any()


def test_contrast_falls_to_a_tenth_around_the_mean():
    found = corrupted("contrast").astype(float)
    assert np.ptp(found[0]) == pytest.approx(20, abs=1)
    assert found[0].mean() == pytest.approx(BLOCK[0].mean(), abs=0.5)


def test_a_blur_spreads_ink_and_keeps_its_amount():
    found = corrupted("gaussian blur").astype(float)
    assert found.sum() == pytest.approx(BLOCK.astype(float).sum(), rel=0.01)
    assert found.max() < 200
    assert (found > 0).sum() > 2 * (BLOCK > 0).sum()


def test_a_dotted_line_goes_from_edge_to_edge():
    drawn = corrupted("dotted line", BLANK).max(axis=1) > 0
    np.testing.assert_array_equal(
        drawn, np.tile([[False, False, True, True] * 7], (50, 1))
    )
