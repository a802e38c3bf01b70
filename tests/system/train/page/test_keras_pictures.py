import numpy as np
from needed import need

need("keras", reason="page networks are made with Keras")

import keras

from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from train.page import network
from train.page.keras_pictures import KerasPictures


def test_a_network_reads_a_picture_as_a_converted_one_does():
    keras.utils.set_random_seed(1)
    model = network.build("page-lite")
    pictures = KerasPictures(model)
    gray = np.random.default_rng(1).integers(0, 256, (48, 64), dtype=np.uint8)
    found = pictures(gray)
    assert set(found) == set(pictures.num_channels) == {len(Kind), NUM_SIZES, NUM_INK}
    said = model(gray[np.newaxis, ..., np.newaxis] / np.float32(255))
    for output in said.values():
        values, quantization = found[output.shape[-1]]
        assert values.shape == (12, 16, output.shape[-1])
        np.testing.assert_allclose(values, np.asarray(output)[0], atol=1e-4)
        assert (quantization.scale, quantization.zero_point) == (1, 0)
