import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.data.mnist import Split
from train.fit.batches import TrainingBatches, encode
from train.networks.architectures import edge

pytestmark = pytest.mark.xdist_group("batches")


@pytest.fixture(scope="module")
def digits():
    images = np.zeros((100, 28, 28), np.uint8)
    images[:, 8:20, 12:16] = 255
    images[:, 0, 0] = np.arange(100)
    return Split(images, (np.arange(100) % 10).astype(np.uint8))


def batches(digits, *, batch_size=32, augmented=False, seed=1, **options):
    return TrainingBatches(
        digits,
        num_outputs=options.pop("num_outputs", 10),
        batch_size=batch_size,
        augmented=augmented,
        seed=seed,
        **options,
    )


def test_encode(digits):
    inputs, targets = encode(digits, 11)
    assert inputs.shape == (100, 28, 28, 1)
    assert inputs.dtype == targets.dtype == np.float32
    assert (inputs.min(), inputs.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(targets[13], np.eye(11)[3])


@pytest.mark.parametrize("batch_size", [3, 32, 100, 1000])
def test_an_epoch_has_every_image_once(digits, batch_size):
    epoch = batches(digits, batch_size=batch_size)
    marks = np.concatenate([epoch[i][0][:, 0, 0, 0] for i in range(len(epoch))])
    assert len(epoch) == -(-100 // batch_size)
    np.testing.assert_allclose(np.sort(marks) * 255, np.arange(100), atol=1e-3)


@pytest.fixture(scope="module")
def two_epochs(digits):
    """The varied inputs of two epochs, one after the other; a graph takes seconds."""
    going_on = batches(digits, augmented=True)
    first = whole(going_on)
    going_on.on_epoch_end()
    return first, whole(going_on)


def whole(epoch):
    """All inputs of an epoch in the order in which they come."""
    return np.concatenate([epoch[index][0] for index in range(len(epoch))])


@pytest.fixture(scope="module")
def repeated(digits):
    """The batches of an epoch that are made once and come twice."""
    return batches(digits, augmented=True, repeats=2)


def check_repeats(fresh, epoch, num_once):
    assert len(epoch) == 2 * num_once
    fresh, repeated = (
        np.sort(batch.reshape(len(batch), -1).sum(axis=1))
        for batch in (fresh, whole(epoch))
    )
    np.testing.assert_array_equal(np.repeat(fresh, 2), repeated)
    assert (epoch[0][0] != epoch[min(8, num_once)][0]).any()


@pytest.mark.slow  # graphs that vary images
def test_images_are_repeated_in_another_order(two_epochs, repeated):
    check_repeats(two_epochs[0], repeated, 4)


@pytest.mark.slow
def test_small_batches_are_repeated_in_another_order(digits):
    fresh = whole(batches(digits, batch_size=3, augmented=True))
    epoch = batches(digits, batch_size=3, augmented=True, repeats=2)
    check_repeats(fresh, epoch, 34)


@pytest.mark.slow  # as above
def test_epochs_differ_and_repeat_by_seed(digits, two_epochs, repeated):
    first, second = two_epochs
    assert (first != second).any()
    np.testing.assert_array_equal(repeated[0][0], first[:32])
    assert (batches(digits, augmented=True, seed=2)[0][0] != first[:32]).any()


@pytest.mark.slow  # as above
def test_next_epoch_is_the_one_a_resumed_run_starts_with(digits, two_epochs):
    resumed = whole(batches(digits, augmented=True, first_epoch=1))
    np.testing.assert_array_equal(resumed, two_epochs[1])


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_teachers_probabilities_are_a_share_of_the_target(digits, share):
    teachers = [edge(), edge()]
    inputs, targets = batches(
        digits, num_outputs=11, teachers=teachers, teachers_share=share
    )[0]
    judged = sum(np.asarray(teacher(inputs)) for teacher in teachers) / 2
    rest = (targets - share * judged) / (1 - share)
    np.testing.assert_allclose(rest.max(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-4)
