import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

import numpy as np

from train.data import negatives
from train.data.mnist import Split

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_made_negatives_repeat_and_vary(digits):
    made = negatives.made(digits, count=200, seed=1)
    np.testing.assert_array_equal(made, negatives.made(digits, count=200, seed=1))
    assert len(made) > 190
    assert len(np.unique(made, axis=0)) > 180


def test_look_alikes_are_left_out(digits):
    others = Split(digits.images[1500:], digits.labels[1500:])
    made = negatives.made(digits, count=300, seed=2)
    kept_digits = negatives.without_look_alikes(digits.images[:1500], others, share=0.8)
    kept_made = negatives.without_look_alikes(made, others, share=0.8)
    assert len(kept_digits) < 0.4 * 1500
    assert len(kept_made) > 0.7 * len(made)
