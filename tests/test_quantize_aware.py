"""Fake-quant layers: ranges that training finds, and that a conversion takes over."""

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="training needs TensorFlow")

import keras
from keras import layers

from convert.__main__ import main
from convert.formats import read_tflite, to_tflite
from convert.formats.forms import Form
from convert.formats.prepare import for_conversion
from edge_app.model import runtime
from train.networks.quantize_aware import (
    FakeQuant,
    is_quantize_aware,
    quantize_aware,
    without_fake_quant,
)

SHAPE = (12, 12, 1)
NUM_CLASSES = 4


def samples(count, seed):
    """A bright quarter on a noisy ground: which quarter is the label."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % NUM_CLASSES
    images = rng.random((count, *SHAPE), np.float32) * 0.6
    for image, label in zip(images, labels, strict=True):
        row, column = divmod(int(label), 2)
        image[6 * row : 6 * row + 6, 6 * column : 6 * column + 6] += 0.3
    return images, labels


def compiled(model, rate):
    model.compile(
        optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy"
    )
    return model


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(1)
    inputs = keras.Input(SHAPE)
    x = layers.Conv2D(8, 3, strides=2, use_bias=False)(inputs)
    x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    skip = x
    x = layers.Conv2D(8, 3, padding="same")(x)
    x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.ReLU()(layers.Add()([x, skip]))
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16)(x)
    x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.Dropout(0.1)(layers.ReLU()(x))
    outputs = layers.Dense(NUM_CLASSES, activation="softmax")(x)
    model = compiled(keras.Model(inputs, outputs, name="quarters"), 3e-3)
    model.fit(*samples(800, seed=1), epochs=8, verbose=0)
    return model


@pytest.fixture(scope="module")
def tuned(trained):
    """The network after an epoch with fake quantization."""
    images, labels = samples(800, seed=1)
    model = compiled(quantize_aware(trained, images[:200]), 3e-4)
    model.fit(images, labels, epochs=1, verbose=0)
    return model


def accuracy(scores, labels):
    return np.mean(scores.argmax(axis=1) == labels)


def test_nothing_is_lost_by_inserting(trained):
    images, labels = samples(400, seed=2)
    made = quantize_aware(trained, images[:200])
    expected = trained.predict(images, verbose=0)
    assert is_quantize_aware(made)
    assert not is_quantize_aware(trained)
    assert not any(isinstance(x, layers.BatchNormalization) for x in made.layers[:3])
    assert np.abs(made.predict(images, verbose=0) - expected).max() < 0.1
    plain = without_fake_quant(made)
    assert not is_quantize_aware(plain)
    np.testing.assert_allclose(plain.predict(images, verbose=0), expected, atol=1e-4)
    assert accuracy(expected, labels) > 0.9


def test_training_moves_weights_and_ranges(trained, tuned):
    before = quantize_aware(trained, samples(200, seed=1)[0])
    for old, new in zip(before.layers, tuned.layers, strict=True):
        if isinstance(new, FakeQuant):
            assert not np.array_equal(old.get_weights(), new.get_weights())


def test_it_converts_to_int8_without_calibration(tuned, tmp_path):
    tuned.save(tmp_path / "quarters.keras")
    model = keras.models.load_model(tmp_path / "quarters.keras", safe_mode=True)
    images, labels = samples(400, seed=2)
    expected = model.predict(images, verbose=0)
    for batch_size in (None, 1):
        form = Form("int8", ".tflite", batch_size)
        ready = for_conversion(model, batch_size=batch_size)
        content = to_tflite.convert(ready, form)  # no calibration inputs
        graph = read_tflite.read(content)
        assert all(each.is_integer for each in graph.operators)
        path = tmp_path / "quarters-int8.tflite"
        scores = runtime.load(path, content)(images)
        assert np.abs(scores - expected).max() < 0.05
        assert accuracy(scores, labels) >= accuracy(expected, labels) - 0.01


def test_its_ranges_are_in_the_file(tuned):
    content = to_tflite.convert(
        for_conversion(tuned, batch_size=1), Form("int8", ".tflite", 1)
    )
    first = next(x for x in tuned.layers if isinstance(x, FakeQuant))
    low, high = (float(value) for value in first.get_weights())
    quantization = read_tflite.read(content).inputs[0].quantization
    assert quantization.scales[0] == pytest.approx((high - low) / 255, rel=0.01)


def test_forms_through_the_command(tuned, tmp_path, capfd):
    tuned.save(tmp_path / "quarters.keras")
    for part, seed in (("training", 1), ("test", 2)):
        images, labels = samples(400, seed=seed)
        np.savez(tmp_path / f"{part}.npz", images=images, labels=labels)
    words = [str(tmp_path / "quarters.keras"), "--to", "int8,uint8,float16,int8.c"]
    words += ["--calibration", str(tmp_path / "training.npz")]
    words += ["--test", str(tmp_path / "test.npz"), "--out", str(tmp_path / "out")]
    assert main(words) == 0
    assert capfd.readouterr().err == ""


def test_a_nested_network_is_refused():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="flat network"):
        quantize_aware(keras.Model(inputs, inner(inputs)), np.zeros((1, 4)))
