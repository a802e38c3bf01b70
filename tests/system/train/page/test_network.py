import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from train.page import network


@pytest.mark.parametrize("arch", network.SIZES)
def test_maps_have_a_quarter_of_the_size(arch):
    model = network.build(arch)
    maps = model(np.zeros((1, 48, 80, 1), np.float32))
    assert {name: tuple(output_map.shape) for name, output_map in maps.items()} == {
        "kinds": (1, 12, 20, len(Kind)),
        "sizes": (1, 12, 20, NUM_SIZES),
        "ink": (1, 12, 20, NUM_INK),
    }


def test_a_network_believes_in_nothing_before_it_is_trained():
    maps = network.build("page-lite")(np.zeros((1, 32, 32, 1), np.float32))
    kinds = 1 / (1 + np.exp(-np.asarray(maps["kinds"])))
    np.testing.assert_allclose(kinds, 0.01, atol=0.003)


def test_channels_of_a_cell_become_its_finer_cells():
    coarse = np.arange(1 * 1 * 2 * 4, dtype=np.float32).reshape(1, 1, 2, 4)
    layer = network.Enlarge()
    fine = np.asarray(layer(coarse))
    np.testing.assert_array_equal(fine[0, ..., 0], [[0, 1, 4, 5], [2, 3, 6, 7]])
    assert layer.compute_output_shape((None, 3, None, 8)) == (None, 6, None, 2)


def test_a_saved_network_is_loaded_with_its_own_layers(tmp_path):
    model = network.build("page-lite")
    model.save(tmp_path / "best.keras")
    loaded = network.load(tmp_path / "best.keras")
    for mine, its in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
