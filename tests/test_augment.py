import pytest

pytest.importorskip("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.augment import RandomAffine, TrainingBatches, encode
from train.data import Split


@pytest.fixture
def digits():
    images = np.zeros((100, 28, 28), np.uint8)
    images[:, 8:20, 12:16] = 255
    return Split(images, (np.arange(100) % 10).astype(np.uint8))


def test_encode(digits):
    inputs, labels = encode(digits)
    assert inputs.shape == (100, 28, 28, 1)
    assert inputs.dtype == labels.dtype == np.float32
    assert (inputs.min(), inputs.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(labels[13], np.eye(10)[3])


def test_an_epoch_has_every_image_once(digits):
    batches = TrainingBatches(digits, batch_size=32, augment=False, seed=1)
    labels = np.concatenate([batches[i][1] for i in range(len(batches))])
    assert len(batches) == 4
    np.testing.assert_array_equal(labels.sum(axis=0), [10] * 10)


def test_epochs_differ_and_repeat_by_seed(digits):
    def first_inputs(epoch, seed=1):
        batches = TrainingBatches(
            digits, batch_size=32, augment=True, seed=seed, first_epoch=epoch
        )
        return np.asarray(batches[0][0])

    np.testing.assert_array_equal(first_inputs(0), first_inputs(0))
    assert (first_inputs(0) != first_inputs(1)).any()
    assert (first_inputs(0) != first_inputs(0, seed=2)).any()


def test_next_epoch_is_the_one_a_resumed_run_starts_with(digits):
    batches = TrainingBatches(digits, batch_size=32, augment=True, seed=1)
    batches.on_epoch_end()
    resumed = TrainingBatches(
        digits, batch_size=32, augment=True, seed=1, first_epoch=1
    )
    np.testing.assert_array_equal(batches[0][0], resumed[0][0])


def test_augmented_images_stay_images(digits):
    batches = TrainingBatches(digits, batch_size=100, augment=True, seed=1)
    inputs = np.asarray(batches[0][0])
    assert inputs.shape == (100, 28, 28, 1)
    assert inputs.min() >= 0
    assert inputs.max() <= 1
    ink = inputs.sum(axis=(1, 2, 3)) / 48
    assert 0.3 < ink.min() < 0.9
    assert 1.1 < ink.max() < 2.5


def test_affine_keeps_digits_in_the_middle(digits):
    inputs, _ = encode(digits)
    moved = np.asarray(RandomAffine(seed=3)(inputs))[..., 0]
    mass = moved.sum(axis=(1, 2))
    x = (moved.sum(axis=1) * np.arange(28)).sum(axis=1) / mass
    y = (moved.sum(axis=2) * np.arange(28)).sum(axis=1) / mass
    assert np.abs(x - 13.5).max() < 2.5
    assert np.abs(y - 13.5).max() < 2.5
    assert x.std() > 0.4
