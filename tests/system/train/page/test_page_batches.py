import numpy as np
import pytest
from needed import need

need("keras", reason="batches are made for Keras")

from edge_app.find.page.maps import NUM_INK, NUM_SIZES
from train.page.crops import pool
from train.page.crops.targets import NUM_KINDS
from train.page.page_batches import CropBatches


def keep(folder, number, *, digits):
    """Store a scene of gray noise, with a digit or without."""
    rng = np.random.default_rng(number)
    boxes = np.array([[60, 60, 20, 30]] * digits, np.float32).reshape(-1, 4)
    np.savez(
        pool.path(folder, number),
        gray=rng.integers(100, 256, (160, 200), dtype=np.uint8),
        ink=np.zeros((160, 200), np.uint8),
        boxes=boxes,
        kinds=np.full(digits, 3),
        unjudged=np.zeros((0, 4), np.float32),
    )


@pytest.fixture
def folder(tmp_path):
    """Three scenes: a digit in each of the first two."""
    for number, digits in enumerate((1, 1, 0)):
        keep(tmp_path, number, digits=digits)
    return tmp_path


def batches(folder, **options):
    given = {"num_scenes": 3, "batch_size": 5, "side": 64, "steps": 4, "seed": 1}
    return CropBatches(folder, **{**given, **options})


def test_a_batch_has_as_many_crops_as_were_asked_for(folder):
    epoch = batches(folder)
    assert len(epoch) == 4
    inputs, targets = epoch[3]
    assert inputs.shape == (5, 64, 64, 1)
    assert inputs.dtype == np.float32
    assert 0 <= inputs.min() < inputs.max() <= 1
    assert {name: target.shape for name, target in targets.items()} == {
        "kinds": (5, 16, 16, 2 * NUM_KINDS),
        "sizes": (5, 16, 16, NUM_SIZES + 1),
        "ink": (5, 16, 16, 2 * NUM_INK),
    }


def test_seed_epoch_and_step_alone_decide_a_batch(folder):
    epoch = batches(folder)
    first = epoch[0][0]
    np.testing.assert_array_equal(first, batches(folder)[0][0])
    assert (first != epoch[1][0]).any()
    assert (first != batches(folder, seed=2)[0][0]).any()
    epoch.on_epoch_end()
    assert (first != epoch[0][0]).any()
    np.testing.assert_array_equal(epoch[0][0], batches(folder, epoch=1)[0][0])


def test_what_is_validated_on_stays_the_same(folder):
    held = batches(folder, is_varied_by_epoch=False)
    first = held[0][0]
    held.on_epoch_end()
    np.testing.assert_array_equal(held[0][0], first)


def test_crops_show_the_digits_of_their_scenes(folder):
    kinds = np.concatenate([batches(folder)[step][1]["kinds"] for step in range(4)])
    shown = {int(kind) for kind in np.nonzero(kinds[..., :NUM_KINDS] == 1)[-1]}
    assert 3 in shown
    assert not shown & ({*range(10)} - {3})


def test_scenes_that_join_are_looked_through(folder):
    alone = batches(folder, num_scenes=2)
    growing = batches(folder, num_scenes=2)
    growing.num_scenes = 3
    growing.look_through()
    whole = batches(folder)
    for step in range(4):
        np.testing.assert_array_equal(growing[step][0], whole[step][0])
    assert any((alone[step][0] != whole[step][0]).any() for step in range(4))
