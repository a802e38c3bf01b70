import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

import numpy as np

from train.data import variants

# With the other tests of images: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_european_ones_and_sevens(digits):
    varied = variants.european(digits, share=0.5, seed=1)
    assert set(varied.labels) == {1, 7}
    plain = digits.images[digits.labels == 1]
    flagged = varied.images[varied.labels == 1]
    # A flag needs width.
    assert np.mean(width(flagged)) > np.mean(width(plain)) + 1
    assert varied.images.shape[1:] == (28, 28)


def width(images):
    columns = images.max(axis=1) > 100
    return columns.sum(axis=1)


def test_long_legs_below_small_heads(digits):
    varied = variants.long_legged(digits, share=0.5, seed=1)
    legged = np.isin(digits.labels, (4, 7, 9))
    assert len(varied) == round(0.5 * legged.sum())
    assert set(varied.labels) == {4, 7, 9}

    # Drawn out and fitted into the same box, they are narrower.
    def width(images):
        return (images.max(axis=1) > 100).sum(axis=1).mean()

    assert width(varied.images) < 0.85 * width(digits.images[legged])
