"""Models that are refused, with the reason, before they can do harm."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.__main__ import main
from convert.inspect import load
from edge_app.common.errors import ConversionError, ModelError

SHAPE = (8, 8, 1)


def classifier(*before_the_last):
    inputs = keras.Input(SHAPE)
    x = layers.Flatten()(inputs)
    for layer in before_the_last:
        x = layer(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def refused(path, capsys, *more):
    """The one line on stderr with which the command refuses a file."""
    assert main([str(path), "--out", str(path.parent / "out"), *more]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith(f"convert: error: {path}")
    assert not (path.parent / "out").exists()
    return err


def test_a_lambda_layer(tmp_path, capsys):
    marker = tmp_path / "ran"
    model = classifier(layers.Lambda(lambda x: x * 2, name="payload"))
    path = tmp_path / "lambda.keras"
    model.save(path)
    err = refused(path, capsys)
    assert "Lambda layer (payload)" in err
    assert "Python code" in err
    assert not marker.exists()


def test_a_nested_lambda_layer(tmp_path):
    inner = keras.Sequential([keras.Input((64,)), layers.Lambda(lambda x: x)])
    path = tmp_path / "nested.keras"
    classifier(inner).save(path)
    with pytest.raises(ConversionError, match="Lambda layer"):
        load.read(path)


def test_h5(tmp_path, capsys):
    path = tmp_path / "model.h5"
    classifier().save(path)
    assert "HDF5 models (.h5) are refused" in refused(path, capsys)
    renamed = tmp_path / "model.keras"
    path.rename(renamed)  # the content tells, not the name
    assert "HDF5" in refused(renamed, capsys)


def test_keras_2(tmp_path, capsys):
    """What tf_keras 2.21 writes of TensorFlow's tutorial, but for the weights."""
    flatten = {
        "module": "keras.layers",
        "class_name": "Flatten",
        "config": {
            "name": "flatten",
            "trainable": True,
            "dtype": "float32",
            "batch_input_shape": [None, 28, 28],
            "data_format": "channels_last",
        },
        "registered_name": None,
        "build_config": {"input_shape": [None, 28, 28]},
    }
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": [flatten]},
        "registered_name": None,
        "build_config": {"input_shape": [None, 28, 28]},
    }
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.21.0"}))
        archive.writestr("config.json", json.dumps(config))
    assert ": saved by Keras 2.21.0, whose files Keras 3" in refused(path, capsys)


def test_no_model_at_all(tmp_path, capsys):
    path = tmp_path / "model.keras"
    path.write_text("weights")
    assert "not a .keras file" in refused(path, capsys)


def test_no_file(tmp_path, capsys):
    assert "cannot be read" in refused(tmp_path / "model.keras", capsys)


def test_another_suffix(tmp_path, capsys):
    path = tmp_path / "model.pt"
    path.write_bytes(b"PK\3\4")
    assert "a .keras file or a run folder expected" in refused(path, capsys)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_cut_short(tmp_path, capsys, share):
    path = tmp_path / "model.keras"
    classifier().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, capsys)


def test_weights_are_missing(tmp_path, capsys):
    whole, path = tmp_path / "whole.keras", tmp_path / "model.keras"
    classifier().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        target.writestr("config.json", source.read("config.json"))
        target.writestr("metadata.json", source.read("metadata.json"))
    assert "not a .keras model that can be loaded safely" in refused(path, capsys)


@pytest.mark.parametrize(
    ("inputs", "outputs", "what"),
    [
        ((16,), 3, "an image input"),
        ((None, None, 1), 3, "of fixed size"),
        ((8, 8, 1), 1, "two or more scores"),
    ],
)
def test_no_image_classifier(tmp_path, inputs, outputs, what):
    source = keras.Input(inputs)
    x = layers.GlobalAveragePooling2D()(source) if len(inputs) == 3 else source
    path = tmp_path / "model.keras"
    keras.Model(source, layers.Dense(outputs)(x)).save(path)
    with pytest.raises(ConversionError, match=what):
        load.read(path)


def test_another_hash(tmp_path, capsys):
    path = tmp_path / "model.keras"
    classifier().save(path)
    assert "SHA-256 000000" in refused(path, capsys, "--sha256", "0" * 64)


def test_a_file_that_is_replaced_meanwhile_is_not_the_one_that_is_loaded(
    tmp_path, monkeypatch
):
    model = classifier()
    path = tmp_path / "model.keras"
    model.save(path)
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    read_bytes = Path.read_bytes

    def replaced(self):
        content = read_bytes(self)
        if self == path:
            classifier(layers.Lambda(lambda x: x)).save(path)
        return content

    monkeypatch.setattr(Path, "read_bytes", replaced)
    loaded = load.read(path, sha256=expected)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
    with pytest.raises(ModelError, match="SHA-256"):
        load.read(path, sha256=expected)


def test_a_sound_model_loads_with_its_weights(tmp_path):
    model = classifier()
    model.save(tmp_path / "model.keras")
    inputs = np.random.default_rng(0).random((4, *SHAPE), np.float32)
    loaded = load.read(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        loaded.predict(inputs, verbose=0), model.predict(inputs, verbose=0)
    )


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28), (784,)])
@pytest.mark.parametrize("is_sequential", [True, False])
def test_a_network_that_takes_no_channel_axis(tmp_path, shape, is_sequential):
    model = keras.Sequential(
        [keras.Input(shape), layers.Flatten(), layers.Dense(10, "softmax", name="last")]
    )
    if not is_sequential:
        inputs = keras.Input(shape)
        model = keras.Model(inputs, model.layers[-1](layers.Flatten()(inputs)))
    path = tmp_path / "tutorial.keras"
    model.save(path)
    loaded = load.read(path)
    assert loaded.input_shape == (None, 28, 28, 1)
    images = np.random.default_rng(1).random((3, 28, 28)).astype(np.float32)
    expected = model.predict(images.reshape(-1, *shape), verbose=0)
    found = loaded.predict(images[..., np.newaxis], verbose=0)
    np.testing.assert_array_equal(found, expected)
