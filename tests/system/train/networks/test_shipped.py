from dataclasses import replace

import cv2
import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras

from edge_app.common.errors import TrainingError
from edge_app.find.context.patches import (
    CONTEXT_GRAY,
    NUM_CHANNELS,
    PATCH_SIZE,
    to_context_input,
)
from edge_app.find.page import decode
from edge_app.model import manifest, runtime
from train import scenes
from train.context import context_fit
from train.context.context_settings import ContextSettings
from train.fit.given_settings import SHIPPED
from train.networks import shipped
from train.page import network, page_fit, page_provenance
from train.page.keras_pictures import KerasPictures
from train.page.page_settings import SIZES, PageSettings
from train.patches import patch_network
from train.patches.patch_batches import PatchSet


@pytest.fixture(scope="module")
def page():
    model = network.build("page")
    shipped.fill(model, shipped.file_of("page"))
    return model


@pytest.fixture(scope="module")
def gray():
    frame = scenes.make("plain", 3).frame[:192, :256]
    return np.ascontiguousarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize("arch", SIZES)
def test_the_shipped_page_network_is_what_the_app_finds_with(arch, gray):
    path = shipped.file_of(arch).with_suffix(".tflite")
    used = runtime.load_pictures(path, manifest.read_model(path)[0])
    model = page_fit.compiled(PageSettings(arch=arch, start_from=SHIPPED))
    for mine, its in zip(
        vars(decode.maps_of(KerasPictures(model)(gray))).values(),
        vars(decode.maps_of(used(gray))).values(),
        strict=True,
    ):
        np.testing.assert_allclose(mine, its, atol=1.01)  # of 255, where it is rounded
        assert np.ptp(mine) > 1


def test_statistics_change_nothing_and_are_those_of_a_training(page, gray):
    inputs = np.stack([gray, gray[::-1], 255 - gray])[..., np.newaxis] / np.float32(255)
    before = page.predict_on_batch(inputs)
    shipped.with_statistics_of(page, inputs)
    after = page.predict_on_batch(inputs)
    training = page(inputs, training=True)
    for name, said in before.items():
        np.testing.assert_allclose(after[name], said, atol=1e-3)
        np.testing.assert_allclose(np.asarray(training[name]), said, atol=1e-2)


def test_a_training_goes_on_from_the_shipped_network(page):
    settings = PageSettings(start_from=SHIPPED)
    started = page_fit.compiled(settings)
    for mine, its in zip(started.layers, page.layers, strict=True):
        if mine.name.startswith("conv2d"):
            np.testing.assert_array_equal(mine.get_weights()[0], its.get_weights()[0])
    made_by = page_provenance.describe(settings, with_strokes=False)
    assert made_by["command"] == "python -m train --arch page --start-from shipped"
    assert made_by["start_from"]["command"].startswith("python -m train --arch page ")


def shipped_context(inputs):
    path = shipped.file_of("context").with_suffix(".tflite")
    return runtime.load(path, path.read_bytes())(inputs)


def test_the_context_network_goes_on_from_what_the_app_looks_again_with():
    rng = np.random.default_rng(1)
    shape = 8, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS
    patches = rng.integers(0, 256, shape, dtype=np.uint8)
    inputs = to_context_input(patches)
    said = shipped_context(inputs)
    training = PatchSet(
        patches, np.zeros(8, np.int64), np.ones(8, np.float32), CONTEXT_GRAY
    )
    settings = ContextSettings(page_run="any", start_from=SHIPPED)
    model = context_fit.begun(settings, training)
    np.testing.assert_allclose(model.predict_on_batch(inputs), said, atol=1e-2)
    assert np.ptp(said) > 1


def test_new_blocks_pass_on_what_they_get_until_they_are_trained():
    grown = replace(context_fit._CONTEXT_SIZE, blocks=(2, 5, 6))
    model = patch_network.build(grown, "context")
    shipped.start(model, SHIPPED, load=keras.saving.load_model)
    rng = np.random.default_rng(1)
    inputs = rng.random((8, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.float32)
    said = shipped_context(inputs)
    np.testing.assert_allclose(model.predict_on_batch(inputs), said, atol=1e-2)
    shipped.with_statistics_of(model, inputs)
    np.testing.assert_allclose(model.predict_on_batch(inputs), said, atol=1e-2)
    norms = [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    new = [norm for norm in norms if not np.asarray(norm.gamma).any()]
    assert new
    # A first step changes them: they are trained like the others.
    model.compile(optimizer="sgd", loss="mse")
    model.train_on_batch(inputs, said + rng.normal(size=said.shape))
    assert all(np.asarray(norm.gamma).any() for norm in new)


def test_a_file_of_another_network_is_no_start():
    smaller = replace(context_fit._CONTEXT_SIZE, blocks=(1, 1, 1))
    model = patch_network.build(smaller, "context")
    with pytest.raises(TrainingError, match="kernels and biases expected"):
        shipped.start(model, SHIPPED, load=keras.saving.load_model)
    wider = replace(context_fit._CONTEXT_SIZE, channels=(16, 32, 80))
    model = patch_network.build(wider, "context")
    with pytest.raises(TrainingError, match="no kernel of"):
        shipped.start(model, SHIPPED, load=keras.saving.load_model)


def test_the_context_network_goes_on_from_a_run(tmp_path):
    run = context_fit.build()
    run.save(tmp_path / "best.keras")
    no_patches = PatchSet(
        np.zeros((0, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.uint8),
        np.zeros(0, np.int64),
        np.zeros(0, np.float32),
        CONTEXT_GRAY,
    )
    settings = ContextSettings(page_run="any", start_from=str(tmp_path))
    model = context_fit.begun(settings, no_patches)
    for mine, its in zip(model.get_weights(), run.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_what_is_not_shipped_is_nothing_to_start_from():
    model = patch_network.build(context_fit._CONTEXT_SIZE, "other")
    with pytest.raises(TrainingError, match=r"other-float32\.onnx: no such"):
        shipped.start(model, SHIPPED, load=keras.saving.load_model)
