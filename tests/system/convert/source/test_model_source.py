import json

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")
need("sklearn", reason="converting needs the group train")

import keras
import numpy as np
from keras import layers

from convert.conversion_options import ImageOptions
from convert.source import model_source
from edge_app import __version__
from edge_app.common.errors import ConversionError, DataError
from edge_app.model import classify, normalize
from train.data import mnist

COLORED = (8, 6, 3)


def saved(path, shape, *, num_scores):
    model = keras.Sequential(
        [keras.Input(shape), layers.Flatten(), layers.Dense(num_scores)]
    )
    model.save(path)
    return path


def write_images(path, seed):
    """Fifty images of two kinds."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (50, *COLORED)).astype(np.uint8)
    np.savez(path, images=images, labels=np.arange(50) % 2)
    return path


@pytest.fixture
def flowers(tmp_path):
    """A network for images of another kind than ours, and such images."""
    model = saved(tmp_path / "flowers.keras", COLORED, num_scores=2)
    calibration = write_images(tmp_path / "training.npz", seed=1)
    test = write_images(tmp_path / "test.npz", seed=2)
    return model, {"calibration": calibration, "test": test}


def test_a_keras_file_is_read_with_images_of_the_user_s_own(flowers):
    path, images = flowers
    options = ImageOptions(**images, num_samples=20, value_range=(-1.0, 1.0), seed=1)
    source = model_source.read(path, options)
    assert source.name == "flowers"
    assert source.labels == ("0", "1")
    assert source.num_classes == 2
    assert source.calibration.shape == (20, *COLORED)
    assert len(source.test) == 50
    assert source.normalization == model_source.FOREIGN
    assert source.accept_threshold == classify.DEFAULT_ACCEPT_THRESHOLD
    assert list(source.made_by) == ["convert"]
    command = "python -m convert RUN --calibration-samples 20"
    assert source.made_by["convert"]["command"] == command
    said = source.metadata()
    assert json.loads(said["labels"]) == ["0", "1"]
    assert said["preprocessing"] == "the user's own"
    assert said["version"] == __version__
    low, high = source.calibration.min(), source.calibration.max()
    assert said["input"].endswith(f", {low:g}..{high:g}")
    assert low < 0


def test_the_seed_decides_which_images_calibrate(flowers):
    path, images = flowers
    first, same, other = (
        model_source.read(path, ImageOptions(**images, num_samples=20, seed=seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.calibration, same.calibration)
    assert not np.array_equal(first.calibration, other.calibration)


@pytest.mark.parametrize("missing", ["calibration", "test"])
def test_images_of_one_kind_alone(flowers, missing):
    path, images = flowers
    del images[missing]
    with pytest.raises(ConversionError, match="must be given together"):
        model_source.read(path, ImageOptions(**images))


def test_images_that_calibrate_and_verify(flowers):
    path, images = flowers
    images["test"] = images["calibration"]
    with pytest.raises(DataError, match="20 of 20 calibration images are test images"):
        model_source.read(path, ImageOptions(**images, num_samples=20))


def test_mnist_verifies_no_network_of_other_images(flowers):
    path, _ = flowers
    message = rf"^{path}: takes \(8, 6, 3\) and gives 2 scores, so MNIST cannot verify"
    with pytest.raises(ConversionError, match=message):
        model_source.read(path, ImageOptions())


def test_a_network_of_digits_is_read_with_mnist(tmp_path, tiny_mnist_dir):
    path = saved(tmp_path / "digits.keras", (28, 28, 1), num_scores=11)
    source = model_source.read(path, ImageOptions(data=tiny_mnist_dir, num_samples=50))
    assert source.labels == (*"0123456789", "reject")
    assert source.num_classes == 10
    assert source.normalization == normalize.VERSION
    assert source.metadata()["preprocessing"].startswith("normalization ")
    assert len(source.calibration) == 50
    test = mnist.load(tiny_mnist_dir, "t10k")
    np.testing.assert_array_equal(source.test.labels, test.labels)
    expected = normalize.to_model_input(test.images)
    np.testing.assert_array_equal(source.test.inputs, expected)
