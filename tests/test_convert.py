import json
import shutil
import subprocess

import pytest

pytest.importorskip("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np

from convert import calibrate, to_tflite
from convert.__main__ import main
from convert.verify import LEAST_AGREEMENT, TOLERANCE, verify
from edge_app import classify, manifest, normalise
from edge_app.errors import ConversionError
from train import data, evaluate, fit

FILES = {
    "manifest.json",
    "report-float32.onnx",
    "report-float32.tflite",
    "report-int8.onnx",
    "report-int8.tflite",
}


@pytest.fixture(scope="module")
def converted(quick_run, small_mnist_dir, tmp_path_factory):
    out = tmp_path_factory.mktemp("converted")
    options = ["--data", str(small_mnist_dir), "--out", str(out)]
    assert main([str(quick_run), *options]) == 0
    return out


def test_files_and_manifest(converted, quick_run):
    assert {path.name for path in converted.iterdir()} == FILES
    entries = manifest.read(converted)
    metrics = json.loads((quick_run / "metrics.json").read_text())
    for name, entry in entries.items():
        entry.check((converted / name).read_bytes(), converted / name)
        assert entry.accept_threshold == metrics["accept_threshold"]
        assert entry.made_by["train"] == metrics["made_by"]
        assert abs(entry.accuracy - metrics["test"]["accuracy"]) <= TOLERANCE
    assert entries["report-int8.tflite"].input_dtype == "int8"
    assert entries["report-float32.tflite"].input_dtype == "float32"


def test_manifest_names_no_folder_of_this_machine(converted, quick_run):
    text = (converted / "manifest.json").read_text()
    assert str(quick_run.parent) not in text
    assert "/" not in json.loads(text)["models"][0]["made_by"]["train"]["command"]


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_converted_models_agree_with_keras(converted, quick_run, small_mnist_dir, name):
    test = data.load(small_mnist_dir, "t10k")
    model = fit.load_model(quick_run / "model.keras")
    expected = evaluate.scores_of(model, test)
    classifier = classify.load(str(converted / name))
    scores = classifier.scores(normalise.to_model_input(test.images))
    assert np.mean(scores.argmax(axis=1) == expected.argmax(axis=1)) >= LEAST_AGREEMENT
    if "float32" in name:
        np.testing.assert_allclose(scores, expected, atol=1e-4)


def test_only_our_own_lines_are_printed(quick_run, small_mnist_dir, tmp_path, capfd):
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path)]
    assert main([str(quick_run), *options]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert len(out.splitlines()) == 9  # two a form, one for all


@pytest.fixture
def unquantizable_run(quick_run, tmp_path):
    """The same function in float, but one channel's range drowns the others in int8."""
    run = tmp_path / "unquantizable"
    shutil.copytree(quick_run, run)
    model = fit.load_model(run / "model.keras")
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


def test_a_lossy_conversion_publishes_nothing(
    unquantizable_run, converted, small_mnist_dir, tmp_path, capfd
):
    out = tmp_path / "models"
    shutil.copytree(converted, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    options = ["--data", str(small_mnist_dir), "--out", str(out)]
    assert main([str(unquantizable_run), *options]) == 1
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "report-int8.tflite" in err
    assert "nothing was published" in err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


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
        assert main([str(quick_run), *options]) == 1
        assert "No space left" in capfd.readouterr().err
        assert [path.name for path in disk.iterdir()] == ["report-int8.tflite"]
        assert (disk / "report-int8.tflite").read_bytes() == b"old"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_too_many_calibration_samples(quick_run, small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--out", str(tmp_path / "out")]
    assert main([str(quick_run), *options, "--calibration-samples", "60000"]) == 1
    assert "10 to 5390 expected" in capsys.readouterr().err


def test_calibration_takes_every_digit_and_training_images_only(small_mnist_dir):
    training = data.load(small_mnist_dir, "train")
    inputs = calibrate.representative_inputs(training, num_samples=200, seed=1)
    assert inputs.shape == (200, 28, 28, 1)
    known = {image.tobytes() for image in normalise.to_model_input(training.images)}
    test = data.load(small_mnist_dir, "t10k")
    unknown = {image.tobytes() for image in normalise.to_model_input(test.images)}
    taken = {image.tobytes() for image in inputs}
    assert taken <= known
    assert not taken & unknown


def test_verify_refuses_another_model(quick_run, small_mnist_dir, tmp_path):
    test = data.load(small_mnist_dir, "t10k")
    expected = evaluate.scores_of(fit.load_model(quick_run / "model.keras"), test)
    untrained = keras.models.clone_model(fit.load_model(quick_run / "model.keras"))
    with pytest.raises(ConversionError, match="same label for"):
        verify(
            tmp_path / "other.tflite",
            to_tflite.float32(untrained),
            inputs=normalise.to_model_input(test.images),
            labels=test.labels,
            expected=expected,
        )
