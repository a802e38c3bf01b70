import numpy as np
import pytest
from needed import need

need("keras", reason="batches are made for Keras")

from edge_app.find.context.patches import CONTEXT_GRAY, NUM_CHANNELS, PATCH_SIZE
from train.patches import patch_batches
from train.patches.patch_batches import PatchBatches, PatchSet


def test_variation_is_decided_by_the_step_and_keeps_ink_in_the_middle():
    patches = np.zeros((8, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.uint8)
    patches[:, 20:28, 20:28] = 255
    one, same, other = (
        patch_batches.varied(patches, CONTEXT_GRAY, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()
    assert one.min() >= 0
    assert one.max() <= 1
    assert (one[:, 23:25, 23:25, 1] == 1).all()
    assert (one[:, :12, :12, 1] == 0).all()
    is_inverted = one[:, 0, 0, 0] > one[:, 24, 24, 0]
    assert 0 < is_inverted.sum() < 8


def test_batches_are_all_patches_once_in_another_order_each_epoch(random_patches):
    labels = np.arange(10)
    patch_set = PatchSet(
        random_patches(10), labels, np.ones(10, np.float32), CONTEXT_GRAY
    )
    batches = PatchBatches(patch_set, batch_size=4, seed=1)
    assert len(batches) == 3
    first = np.concatenate([batches[index][1] for index in range(3)])
    batches.on_epoch_end()
    second = np.concatenate([batches[index][1] for index in range(3)])
    assert sorted(first) == sorted(second) == labels.tolist()
    assert (first != second).any()
    resumed = PatchBatches(patch_set, batch_size=4, seed=1, epoch=1)
    assert (resumed[2][0] == batches[2][0]).all()


def test_without_a_seed_patches_come_as_they_are(random_patches):
    patches, labels = random_patches(5), np.arange(5)
    whole = PatchSet(patches, labels, np.ones(5, np.float32), CONTEXT_GRAY)
    batches = PatchBatches(whole, batch_size=2, seed=None)
    assert [batches[index][1].tolist() for index in range(3)] == [[0, 1], [2, 3], [4]]
    before = batches[0][0]
    batches.on_epoch_end()
    np.testing.assert_array_equal(batches[0][0], before)
    assert before.dtype == np.float32
    assert (before.min(), before.max()) == (0, 1)


def test_a_scene_weighs_as_the_root_of_its_patches(random_patches):
    sizes = (1, 4, 0, 25)
    scenes = [(random_patches(size), np.full(size, size)) for size in sizes]
    joined = patch_batches.joined_sets(scenes, CONTEXT_GRAY)
    assert joined.patches.shape == (30, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS)
    assert joined.labels.tolist() == [1, 4, 4, 4, 4] + [25] * 25
    assert joined.weights[1] / joined.weights[5] == pytest.approx(5 / 2)
    # The root of one would weigh twice as much as that of four, but a lone patch is
    # not to outweigh all others.
    assert joined.weights[0] == joined.weights.max() == 3
