import numpy as np
import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from convert.patch_networks.patch_inputs import PATCH_INPUTS
from edge_app.model import manifest
from edge_app.model.classify import MODELS
from train.page.crops import pool
from train.separators import gap_pool
from train.separators.gap_pool import LabeledGaps


@pytest.mark.parametrize("arch", PATCH_INPUTS)
def test_each_is_what_the_shipped_network_takes_and_tells(arch):
    known, shipped = PATCH_INPUTS[arch], manifest.read(MODELS)[f"{arch}-int8.tflite"]
    assert shipped.labels == known.labels
    assert 0 < known.num_distinct < len(known.labels)
    height, width, channels = shipped.input_shape
    patches = np.full((2, height, width, channels), 51, np.uint8)
    inputs = known.to_input(patches)
    assert inputs.shape == patches.shape
    assert inputs.max() == pytest.approx(0.2)  # ink; even gray is 0
    assert f"(N, {height}, {width}, {channels})" in known.description


def test_the_gaps_of_a_run_are_found(tmp_path):
    known = PATCH_INPUTS["separator"]
    file = pool.path(known.folder(tmp_path), 3)
    file.parent.mkdir(parents=True)
    gaps = LabeledGaps(np.full((1, 48, 48, 2), 9, np.uint8), np.array([5]))
    np.savez(file, **vars(gaps))
    assert (known.read(file) == gaps.patches).all()
    assert known.folder(tmp_path) == gap_pool.gaps_folder(tmp_path, "validation")
