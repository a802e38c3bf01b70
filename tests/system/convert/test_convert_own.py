"""A model of the user's own: other size, channels and classes than ours."""

import json

import cv2
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
import onnx
from keras import layers

from convert.__main__ import main
from convert.formats import forms
from edge_app.model import manifest, runtime

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("convert_own")]

CLASSES = ("circle", "cross", "empty", "line", "square")
SHAPE = (32, 32, 3)


def picture(rng, label):
    """A colored shape on a noisy ground, `(32, 32, 3)` uint8."""
    image = rng.integers(0, 80, SHAPE).astype(np.uint8)
    x, y, size = (int(n) for n in rng.integers((12, 12, 6), (20, 20, 10)))
    color = tuple(int(n) for n in rng.integers(150, 256, 3))
    if label == 0:
        cv2.circle(image, (x, y), size, color, 2)
    elif label == 1:
        cv2.line(image, (x - size, y - size), (x + size, y + size), color, 2)
        cv2.line(image, (x - size, y + size), (x + size, y - size), color, 2)
    elif label == 3:
        cv2.line(image, (x - size, y), (x + size, y), color, 2)
    elif label == 4:
        cv2.rectangle(image, (x - size, y - size), (x + size, y + size), color, 2)
    return image


def pictures(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    return np.stack([picture(rng, label) for label in labels]), labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A trained .keras file, its training images as NPZ, its test images as files."""
    folder = tmp_path_factory.mktemp("own")
    images, labels = pictures(1000, seed=1)
    np.savez(folder / "training.npz", images=images, labels=labels)
    for image, label in zip(*pictures(500, seed=2), strict=True):
        path = folder / "test" / CLASSES[label]
        path.mkdir(parents=True, exist_ok=True)
        name = f"{len(list(path.iterdir()))}.png"
        cv2.imwrite(str(path / name), image[..., ::-1])
    keras.utils.set_random_seed(1)
    model = network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(images / np.float32(255), labels, batch_size=25, epochs=8, verbose=0)
    model.save(folder / "shapes.keras")
    return folder


def network():
    """A Sequential of what is common: depthwise, residual-free, global pooling."""
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.DepthwiseConv2D(3, padding="same"),
            layers.Conv2D(32, 1, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="swish"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(len(CLASSES), activation="softmax"),
        ],
        name="shapes",
    )


def options(folder, out):
    return [
        str(folder / "shapes.keras"),
        *("--calibration", str(folder / "training.npz")),
        *("--test", str(folder / "test"), "--calibration-samples", "200"),
        *("--out", str(out), "--page", str(out / "page.html")),
    ]


def test_every_form(folder, tmp_path, capfd):
    assert main([*options(folder, tmp_path), "--to", "all"]) == 0
    shown = capfd.readouterr()
    assert shown.err == ""
    made = {path.name for path in tmp_path.iterdir()}
    for form in forms.FORMS:
        suffix = form.suffix
        assert f"shapes-{form.name}{suffix}" in made, form
    entries = manifest.read(tmp_path)
    assert len(entries) == 22  # TFLite and ONNX; the app loads no others
    for name, entry in entries.items():
        entry.check((tmp_path / name).read_bytes(), tmp_path / name)
        assert entry.labels == CLASSES
        assert entry.input_shape == SHAPE
        assert entry.accuracy > 0.7
        model = runtime.load(tmp_path / name, (tmp_path / name).read_bytes())
        assert model(np.zeros((3, *SHAPE), np.float32)).shape == (3, len(CLASSES))


def test_metadata_and_options_of_onnx(folder, tmp_path):
    more = ["--to", "int8.onnx", "--calibration-method", "percentile"]
    more += ["--onnx-activations", "int8", "--opset", "15"]
    assert main([*options(folder, tmp_path), *more]) == 0
    model = onnx.load(tmp_path / "shapes-int8.onnx")
    metadata = {prop.key: prop.value for prop in model.metadata_props}
    assert json.loads(metadata["labels"]) == list(CLASSES)
    assert metadata["version"]
    assert [opset.version for opset in model.opset_import if not opset.domain] == [15]
    kinds = {
        tensor.name: tensor.data_type
        for tensor in model.graph.initializer
        if tensor.name.endswith("_zero_point")
    }
    assert onnx.TensorProto.INT8 in kinds.values()
    assert onnx.TensorProto.UINT8 not in kinds.values()


def test_float_input_of_another_range(folder, tmp_path):
    """Pixels as -1..1: the int8 input must cover them."""
    model = keras.models.load_model(folder / "shapes.keras")
    inputs = keras.Input(SHAPE)
    scaled = layers.Rescaling(0.5, offset=0.5)(inputs)
    keras.Model(inputs, model(scaled), name="signed").save(folder / "signed.keras")
    words = options(folder, tmp_path)
    words[0] = str(folder / "signed.keras")
    assert main([*words, "--range=-1,1", "--to", "int8.tflite"]) == 0
    details = runtime.load(
        tmp_path / "signed-int8.tflite",
        (tmp_path / "signed-int8.tflite").read_bytes(),
    )
    assert details._quantize.scale == pytest.approx(2 / 255, rel=0.05)


def test_calibration_with_test_images_is_refused(folder, tmp_path, capsys):
    words = options(folder, tmp_path)
    words[words.index("--calibration") + 1] = str(folder / "test")
    assert main(words) == 1
    assert "are test images too" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_images(folder, tmp_path, capsys):
    assert main([str(folder / "shapes.keras"), "--out", str(tmp_path)]) == 1
    assert "--calibration and --test" in capsys.readouterr().err


def test_calibration_alone(folder, tmp_path, capsys):
    words = [str(folder / "shapes.keras"), "--calibration", str(folder / "test")]
    assert main([*words, "--out", str(tmp_path)]) == 1
    assert "given together" in capsys.readouterr().err


def test_an_empty_calibration_folder(folder, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    words = options(folder, tmp_path / "out")
    words[words.index("--calibration") + 1] = str(empty)
    assert main(words) == 1
    err = capsys.readouterr().err
    assert "no image in it" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_images_of_another_size(folder, tmp_path, capsys):
    np.savez(
        tmp_path / "small.npz",
        images=np.zeros((5, 16, 16, 3), np.uint8),
        labels=np.arange(5),
    )
    words = options(folder, tmp_path / "out")
    words[words.index("--calibration") + 1] = str(tmp_path / "small.npz")
    assert main(words) == 1
    assert "(32, 32, 3)" in capsys.readouterr().err


def test_an_unsupported_layer(folder, tmp_path, capfd):
    inputs = keras.Input(SHAPE)
    x = keras.ops.erfinv(layers.GlobalAveragePooling2D()(inputs) * 0.5)
    outputs = layers.Dense(len(CLASSES), activation="softmax")(x)
    keras.Model(inputs, outputs, name="odd").save(tmp_path / "odd.keras")
    words = options(folder, tmp_path / "out")
    words[0] = str(tmp_path / "odd.keras")
    assert main(words) == 1
    err = capfd.readouterr().err
    assert "Erfinv" in err
    assert err.count("\n") == 4  # a line for each of the four forms
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"page.html"}


def test_a_network_for_gray_images_without_a_channel_axis(tmp_path):
    """As TensorFlow's tutorial has it."""
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    labels = np.arange(400) % 2
    images = rng.integers(0, 80, (400, 28, 28)).astype(np.uint8)
    images[labels == 1, 5:20] += 100
    for name, part in (("training", slice(0, 300)), ("test", slice(300, None))):
        np.savez(tmp_path / f"{name}.npz", images=images[part], labels=labels[part])
    model = keras.Sequential(
        [keras.Input((28, 28)), layers.Flatten(), layers.Dense(2, "softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(images / np.float32(255), labels, batch_size=25, epochs=4, verbose=0)
    model.save(tmp_path / "gray.keras")
    out = tmp_path / "out"
    words = [str(tmp_path / "gray.keras"), "--out", str(out)]
    words += ["--calibration", str(tmp_path / "training.npz")]
    words += ["--test", str(tmp_path / "test.npz")]
    assert main([*words, "--to", "float32.tflite,int8.onnx"]) == 0
    for entry in manifest.read(out).values():
        assert entry.input_shape == (28, 28, 1)
        assert entry.accuracy > 0.9
