import numpy as np
import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

from edge_app.model import classify, normalize
from train.data import mnist, scene_crops
from train.data.mnist import Split

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crops")]  # 56 scenes


@pytest.fixture(scope="module")
def found(mnist_dir):
    whole = mnist.load(mnist_dir, "train")
    digits = Split(whole.images[:3000], whole.labels[:3000])
    return scene_crops.of_scenes(digits, count=40, seed=1)


def test_digits_and_what_is_none(found):
    counts = np.bincount(found.labels, minlength=11)
    assert counts.shape == (11,)
    assert counts[:10].sum() > 80
    assert counts[10] > 100
    assert found.images.shape == (len(found), 28, 28)
    assert (found.images.max(axis=(1, 2)) > 200).all()


def test_labels_are_those_of_the_digits(found):
    is_digit = found.labels < 10
    inputs = normalize.to_model_input(found.images[is_digit])
    read = classify.load().scores(inputs)[:, :10].argmax(axis=1)
    assert (read == found.labels[is_digit]).mean() > 0.9


def test_the_same_scenes_give_the_same_crops(mnist_dir, found):
    whole = mnist.load(mnist_dir, "train")
    digits = Split(whole.images[:3000], whole.labels[:3000])
    # Seeds number the scenes: the first eight of those that were found, and the next.
    again, others = (
        scene_crops.of_scenes(digits, count=8, seed=seed) for seed in (5, 6)
    )
    both = np.concatenate([again.images, others.images])
    assert 0 < len(again) < len(both)
    np.testing.assert_array_equal(both, found.images[: len(both)])
    assert not np.array_equal(again.images, found.images[-len(again) :])
