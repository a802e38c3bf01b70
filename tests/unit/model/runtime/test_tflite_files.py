"""`.tflite` files in the runtime that is installed here."""

import numpy as np
import pytest

from edge_app.model import classify, runtime
from edge_app.model.runtime import tflite_files
from edge_app.model.runtime.registry import chosen

pytestmark = pytest.mark.device

if not set(runtime.installed()) - {"onnxruntime"}:
    pytest.skip("needs a runtime for .tflite files", allow_module_level=True)


def opened(kind, name):
    path = classify.MODELS / name
    found = chosen(path, None, is_known=True)
    interpreter = found.module.Interpreter
    return kind(
        path.read_bytes(), runtime=found.name, interpreter=interpreter, num_threads=1
    )


def gray(height, width):
    rng = np.random.default_rng(height * width)
    return rng.integers(0, 256, (height, width)).astype(np.uint8)


@pytest.mark.parametrize("form", ["int8", "float32"])
def test_a_classifier_says_what_it_takes_and_gives(form):
    model = opened(tflite_files.TFLiteModel, f"edge-{form}.tflite")
    assert (model.input_shape, model.num_outputs) == ((28, 28, 1), 11)
    assert model.input_dtype == form
    inputs = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    together, first = model(inputs), model(inputs[:1])
    assert together.shape == (3, 11)
    # One quantization step of an int8 probability.
    np.testing.assert_allclose(together[:1], first, atol=1 / 256)


@pytest.mark.parametrize("form", ["int8", "float32"])
def test_maps_of_a_picture_are_those_of_a_picture_of_its_size_alone(form):
    model = opened(tflite_files.TFLitePictures, f"page-{form}.tflite")
    for shape in ((64, 96), (32, 32), (64, 96)):
        picture = gray(*shape)
        alone = opened(tflite_files.TFLitePictures, f"page-{form}.tflite")(picture)
        found = model(picture)
        assert set(found) == set(model.num_channels) == set(alone)
        for channels, (values, quantization) in found.items():
            assert values.shape == (shape[0] // 4, shape[1] // 4, channels)
            assert quantization == alone[channels][1]
            np.testing.assert_array_equal(values, alone[channels][0])


def test_pixels_are_stored_as_their_quantization_says():
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for form in ("int8", "float32"):
        model = opened(tflite_files.TFLitePictures, f"page-{form}.tflite")
        stored = model._stored(pixels)
        expected = model._quantize.quantize(pixels / np.float32(255))
        assert stored.dtype == expected.dtype == form
        np.testing.assert_array_equal(stored, expected)


def test_memory_is_kept_for_the_sizes_used_last(monkeypatch):
    monkeypatch.setattr(tflite_files, "_MOST_SIZES", 2)
    model = opened(tflite_files.TFLitePictures, "page-int8.tflite")
    for side in (32, 48, 32, 64):
        model(gray(side, side))
    assert list(model._sized) == [(32, 32), (64, 64)]
