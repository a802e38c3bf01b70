import json
from dataclasses import dataclass

import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras

from edge_app.find.context.patches import PATCH_SIZE
from train.patches import patch_fit, patch_network
from train.patches.patch_batches import PatchSet
from train.patches.patch_network import PatchNetwork


@dataclass(frozen=True)
class Few:
    epochs: int = 2
    batch_size: int = 4
    learning_rate: float = 0.01
    weight_decay: float = 1e-3
    seed: int = 1


def build():
    size = PatchNetwork((PATCH_SIZE, PATCH_SIZE, 2), (2,), (0,), 3, num_outputs=2)
    return patch_network.build(size, "few")


@pytest.fixture
def patches():
    """Eight patches, every other one of which is bright in its middle."""
    images = np.zeros((8, PATCH_SIZE, PATCH_SIZE, 2), np.uint8)
    images[:, ::3] = 90
    images[::2, 20:28, 20:28] = 255
    return PatchSet(images, np.arange(8) % 2, np.ones(8, np.float32), (0,))


def test_the_rate_rises_to_its_peak_and_falls_to_nothing():
    settings = Few(epochs=10)
    optimizer = patch_fit.compiled(build(), settings, steps=40).optimizer
    rates = []
    for step in (0, 10, 20, 210, 400):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0, 0.005, 0.01, 0.005, 0], abs=1e-6)


@pytest.mark.slow  # a training, if a small one
def test_a_run_ends_with_its_last_epoch_and_goes_no_further(tmp_path, patches):
    for _ in "12":
        patch_fit.fit(tmp_path, Few(), build, training=patches, held=patches)
        history = json.loads((tmp_path / "history.json").read_text())
        assert [row["epoch"] for row in history] == [1, 2]
    last = keras.saving.load_model(tmp_path / "last.keras")
    assert int(last.optimizer.iterations) == 2 * 2
    assert last.name == "few"
    assert (tmp_path / "best.keras").exists()
    longer = Few(epochs=3)
    patch_fit.fit(tmp_path, longer, build, training=patches, held=patches)
    history = json.loads((tmp_path / "history.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2, 3]
