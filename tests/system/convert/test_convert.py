import json
import shutil
import subprocess

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np

from convert.__main__ import main
from edge_app.model import classify, manifest, normalize
from train.data import mnist
from train.fit import runs
from train.report import evaluate

FILES = {
    "report-float32.onnx",
    "report-float32.tflite",
    "report-int8.onnx",
    "report-int8.tflite",
}


def names(folder):
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture(scope="module")
def converted(quick_run, small_mnist_dir, tmp_path_factory):
    out = tmp_path_factory.mktemp("converted")
    options = ["--data", str(small_mnist_dir), "--out", str(out)]
    assert main([str(quick_run), *options]) == 0
    return out


def test_files_and_manifest(converted, quick_run):
    assert names(converted) == {*FILES, "manifest.json"}
    entries = manifest.read(converted)
    metrics = json.loads((quick_run / "metrics.json").read_text())
    for name, entry in entries.items():
        entry.check((converted / name).read_bytes(), converted / name)
        assert entry.accept_threshold == metrics["accept_threshold"]
        assert entry.made_by["train"] == metrics["made_by"]
        assert abs(entry.accuracy - metrics["test"]["accuracy"]) <= 0.002
    assert entries["report-int8.tflite"].input_dtype == "int8"
    assert entries["report-float32.tflite"].input_dtype == "float32"


def test_manifest_names_no_folder_of_this_machine(converted, quick_run):
    text = (converted / "manifest.json").read_text()
    assert str(quick_run.parent) not in text
    assert "/" not in json.loads(text)["models"][0]["made_by"]["train"]["command"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_converted_models_agree_with_keras(converted, quick_run, small_mnist_dir, name):
    test = mnist.load(small_mnist_dir, "t10k")
    model = runs.load_model(quick_run / "model.keras")
    expected = evaluate.scores_of(model, test)
    classifier = classify.load(str(converted / name))
    scores = classifier.scores(normalize.to_model_input(test.images))
    assert np.mean(scores.argmax(axis=1) == expected.argmax(axis=1)) >= 0.995
    if "float32" in name:
        np.testing.assert_allclose(scores, expected, atol=1e-4)


def test_the_same_bytes_again(converted, quick_run, small_mnist_dir, tmp_path, capfd):
    page = tmp_path / "page.html"
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path / "again")]
    # Another order and other forms before it: nothing may depend on what came first.
    to = ["--to", "float16.onnx,float32,int8", "--page", str(page)]
    assert main([str(quick_run), *options, *to]) == 0
    for name in FILES:
        again = (tmp_path / "again" / name).read_bytes()
        assert again == (converted / name).read_bytes(), name

    out, err = capfd.readouterr()
    assert err == ""  # nothing that the converters print
    assert "| report-int8.tflite" in out
    assert "microcontroller" in out
    text = page.read_text()
    assert "<svg" in text
    assert "report-float16.onnx" in text
    assert "http" not in text.replace("http://www.w3.org", "").replace(
        "http://purl.org", ""
    ).replace("http://creativecommons.org", "")  # names of SVG's vocabularies


@pytest.fixture
def unquantizable_run(quick_run, tmp_path):
    """The same function in float, but one channel's range drowns the others in int8."""
    run = tmp_path / "unquantizable"
    shutil.copytree(quick_run, run)
    model = runs.load_model(run / "model.keras")
    norm = next(
        x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)
    )
    _, second = (x for x in model.layers if isinstance(x, keras.layers.Conv2D))
    factor = 3000.0
    gamma, beta, mean, variance = norm.get_weights()
    gamma[0] *= factor
    beta[0] = factor
    norm.set_weights([gamma, beta, mean, variance])
    kernel, bias = second.get_weights()
    kernel[:, :, 0] /= factor
    second.set_weights([kernel, bias])
    model.save(run / "model.keras")
    return run


def test_a_lossy_form_is_not_published(
    unquantizable_run, converted, small_mnist_dir, tmp_path, capfd
):
    out = tmp_path / "models"
    shutil.copytree(converted, out)
    before = {name: (out / name).read_bytes() for name in FILES}
    options = ["--data", str(small_mnist_dir), "--out", str(out), "--layers"]
    assert main([str(unquantizable_run), *options]) == 1
    shown = capfd.readouterr()
    for name in ("report-int8.tflite", "report-int8.onnx"):
        (line,) = (line for line in shown.err.splitlines() if name in line)
        assert "not published" in line
        assert "same label as Keras" in line
        assert (out / name).read_bytes() == before[name]  # the earlier one stays
    # The layer whose range drowns is named: the first ReLU, or the pooling behind it.
    debugged = shown.out[: shown.out.index("report-int8.onnx: converting")]
    (worst,) = (x for x in debugged.splitlines() if x.startswith("  largest: "))
    assert float(worst.split()[-1].rstrip("%")) > 10
    entries = manifest.read(out)
    for name, entry in entries.items():
        entry.check((out / name).read_bytes(), out / name)
    assert (out / "report-float32.tflite").read_bytes() != before[
        "report-float32.tflite"
    ]


def test_unfinished_run(quick_run, small_mnist_dir, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(quick_run, run)
    (run / "metrics.json").unlink()
    assert main([str(run), "--out", str(tmp_path / "out")]) == 1
    assert "holds no finished training" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_damaged_metrics(quick_run, tmp_path, capsys, text):
    run = tmp_path / "run"
    shutil.copytree(quick_run, run)
    (run / "metrics.json").write_text(text)
    assert main([str(run), "--out", str(tmp_path / "out")]) == 1
    assert "metrics.json" in capsys.readouterr().err


def test_full_disk_leaves_the_old_models(quick_run, small_mnist_dir, tmp_path, capfd):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        (disk / "report-int8.tflite").write_bytes(b"old")
        options = ["--data", str(small_mnist_dir), "--out", str(disk)]
        page = ["--page", str(tmp_path / "page.html")]
        assert main([str(quick_run), *options, *page]) == 1
        assert "No space left" in capfd.readouterr().err
        assert names(disk) == {"report-int8.tflite"}
        assert (disk / "report-int8.tflite").read_bytes() == b"old"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_too_many_calibration_samples(quick_run, small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path / "out")]
    assert main([str(quick_run), *options, "--calibration-samples", "60000"]) == 1
    assert "to 5400 (all) expected" in capsys.readouterr().err


def test_an_unknown_form(quick_run, tmp_path, capsys):
    assert main([str(quick_run), "--to", "int4", "--out", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "no such form" in err
    assert "int8-batch1" in err


def test_limits_of_ones_own(quick_run, small_mnist_dir, tmp_path, capfd):
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path)]
    strict = ["--to", "int8.tflite", "--min-agreement", "100", "--max-loss", "0"]
    page = ["--page", str(tmp_path / "page.html")]
    assert main([str(quick_run), *options, *strict, *page]) == 1
    assert "--min-agreement" in capfd.readouterr().err
    assert "Not published" in (tmp_path / "page.html").read_text()
    assert names(tmp_path) == {"page.html"}


@pytest.mark.slow  # a training and a conversion
def test_a_network_with_a_reject_output(small_mnist_dir, tmp_path, capfd):
    """Eleven outputs: the label is the best digit's, as in the app."""
    keras.utils.set_random_seed(1)
    inputs = x = keras.Input((28, 28, 1))
    for filters in (8, 16):
        x = keras.layers.Conv2D(filters, 3, strides=2, use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(x)
    outputs = keras.layers.Dense(11, activation="softmax")(x)
    model = keras.Model(inputs, outputs, name="rejecting")
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy"
    )
    training = mnist.load(small_mnist_dir, "train")
    images = normalize.to_model_input(training.images)
    noise = np.random.default_rng(0).random((600, 28, 28, 1), np.float32)
    model.fit(
        np.concatenate([images, noise]),
        np.concatenate([training.labels, np.full(600, 10)]),
        epochs=2,
        verbose=0,
    )
    model.save(tmp_path / "rejecting.keras")
    capfd.readouterr()
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path)]
    # Of the flattened network with one input at a time, tf2onnx 1.17 drops a bias.
    to = ["--to", "int8,float32,float32-batch1"]
    assert main([str(tmp_path / "rejecting.keras"), *options, *to]) == 0
    assert capfd.readouterr().err == ""
    for form in ("int8.tflite", "float32.onnx"):
        entry = manifest.read(tmp_path)[f"rejecting-{form}"]
        assert entry.labels == (*"0123456789", "reject")
        assert entry.accuracy > 0.9
        classifier = classify.load(str(tmp_path / entry.file))
        assert classifier.scores(noise[:5]).shape == (5, 11)
        found = classifier(noise[:5])
        assert not any(
            classification.accepted for classification in found
        )  # no digit reaches a half
