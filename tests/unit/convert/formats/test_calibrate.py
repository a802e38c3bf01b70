"""Which images calibrate."""

import numpy as np
import pytest
from needed import need

need("sklearn", reason="converting needs the group train")

from convert.formats import calibrate
from edge_app.common.errors import DataError

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_every_class_in_its_share():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    taken = calibrate.representative(labels, num_samples=100, seed=1)
    assert np.bincount(labels[taken]).tolist() == [60, 30, 10]
    again = calibrate.representative(labels, num_samples=100, seed=1)
    np.testing.assert_array_equal(taken, again)
    other = calibrate.representative(labels, num_samples=100, seed=2)
    assert not np.array_equal(taken, other)


def test_all_images_when_there_are_few():
    labels = np.arange(10) % 2
    taken = calibrate.representative(labels, num_samples=None, seed=1)
    assert sorted(taken) == list(range(10))


@pytest.mark.parametrize("count", [1, 11])
def test_too_few_or_too_many_samples(count):
    with pytest.raises(DataError, match=r"2 \(one a class\) to 10 \(all\) expected"):
        calibrate.representative(np.arange(10) % 2, num_samples=count, seed=1)


def test_test_images_are_refused_for_calibration():
    images = np.random.default_rng(0).random((10, 4, 4, 1), np.float32)
    calibrate.check_disjoint(images[:5], images[5:])
    with pytest.raises(DataError, match="1 of 6 calibration images are test images"):
        calibrate.check_disjoint(images[:6], images[5:])
