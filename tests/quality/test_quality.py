"""The benchmarks of what a model reads rightly, believes and takes for a digit."""

import importlib.util
import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.common import test_digits
from benchmarks.models import baselines
from benchmarks.models.beyond_mnist import corruption, mnist_c
from edge_app.model import classify, manifest
from train.data import mnist as data
from train.data.mnist import Split
from train.report import reliability

needs_training = pytest.mark.skipif(
    importlib.util.find_spec("sklearn") is None, reason="needs the group train"
)


@pytest.fixture(scope="module")
def digits(mnist_dir):
    return data.load(mnist_dir, "t10k")


@pytest.fixture(scope="module")
def few(digits):
    return Split(digits.images[:500], digits.labels[:500])


def by_name(name):
    (found,) = [damage for damage in mnist_c.CORRUPTIONS if damage.name == name]
    return found


@pytest.mark.parametrize("damage", mnist_c.CORRUPTIONS, ids=lambda found: found.name)
def test_corruption_is_seeded_and_changes_every_image(damage, few):
    changed = damage(few.images, seed=1)
    assert changed.shape == few.images.shape
    assert changed.dtype == np.uint8
    assert (changed != few.images).any(axis=(1, 2)).all()
    np.testing.assert_array_equal(changed, damage(few.images, seed=1))


def test_all_kinds_that_were_asked_for_are_there():
    assert {damage.kind for damage in mnist_c.CORRUPTIONS} == {
        "noise", "blur", "contrast", "shear", "rotation", "scale", "translation",
        "spatter", "dotted line", "zigzag",
    }  # fmt: skip


def test_severities_are_what_they_say():
    """Measured on pictures whose change is known."""
    gray = np.full((200, 28, 28), 128, np.uint8)
    noisy = by_name("gaussian noise")(np.full_like(gray, 255 // 2), seed=1) / 255
    assert 0.25 < noisy.std() < 0.38  # cut off at 0 and 1
    hit = by_name("impulse noise")(gray, seed=1)
    assert np.isin(hit, (0, 255)).mean() == pytest.approx(0.17, abs=0.01)
    assert (hit == 255).mean() == pytest.approx(0.085, abs=0.01)

    dot = np.zeros((20, 28, 28), np.uint8)
    dot[:, 13:15, 13:15] = 255
    moved = by_name("translation")(dot, seed=1)
    places = {tuple(np.argwhere(image).mean(axis=0)) for image in moved}
    assert places == {(10.5, 10.5), (10.5, 16.5), (16.5, 10.5), (16.5, 16.5)}

    bar = np.zeros((1, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255  # 20 pixels high
    small = by_name("scale")(bar, seed=1)[0]
    assert (small.max(axis=1) > 127).sum() == 14
    rows, columns = np.nonzero(by_name("rotation")(bar, seed=1)[0] > 100)
    slope = np.polyfit(rows, columns, 1)[0]
    assert abs(np.degrees(np.arctan(slope))) == pytest.approx(20, abs=2)
    rows, columns = np.nonzero(by_name("shear")(bar, seed=1)[0] > 100)
    assert abs(np.polyfit(rows, columns, 1)[0]) == pytest.approx(0.4, abs=0.05)


def test_mean_counts_each_kind_once(few):
    rows = corruption.measure({"m": classify.load("report-int8")}, few, seed=1)
    kinds = {}
    for damage, row in zip(mnist_c.CORRUPTIONS, rows, strict=False):
        kinds.setdefault(damage.kind, []).append(row["m"])
    expected = np.mean([np.mean(values) for values in kinds.values()])
    assert rows[-1]["m"] == pytest.approx(expected)
    assert len(rows) == len(mnist_c.CORRUPTIONS) + 1


@pytest.mark.slow  # a thousand images, varied in many ways
@needs_training
def test_corruption_command(tiny_mnist_dir, tmp_path, capsys):
    result, sheet = tmp_path / "corruption.json", tmp_path / "sheet.png"
    options = ["--data", str(tiny_mnist_dir), "--models", "report-int8"]
    options += ["--result", str(result), "--plot", str(sheet)]
    assert main(["corruption", *options]) == 0
    name = classify.find("report-int8").name
    rows = {
        row["corruption"]: row[name] for row in json.loads(result.read_text())["rows"]
    }
    assert rows["shear"] > 0.9  # a network that reads MNIST reads it sheared
    assert f"{rows['shear']:.2%}" in capsys.readouterr().out
    assert sheet.read_bytes().startswith(b"\x89PNG")


def figures_of(name):
    """What the manifest says of a shipped model."""
    return manifest.read(classify.MODELS)[name].figures


@pytest.mark.slow  # all test images, and all letters of two alphabets
@needs_training
def test_unknowns_command(mnist_dir, unknowns_dir, capsys):
    options = ["--data", str(mnist_dir), "--models", "report-int8", "--json"]
    assert main(["unknowns", "--unknowns", str(unknowns_dir), *options]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["alphabet"] for row in rows] == ["Balinese", "Tagalog", "all"]
    assert rows[2]["characters"] == rows[0]["characters"] + rows[1]["characters"]
    for row in rows:
        assert row["digits_kept"] == pytest.approx(reliability.KEPT_SHARE, abs=0.002)
    total = sum(row["accepted"] * row["characters"] for row in rows[:2])
    assert rows[2]["accepted"] == pytest.approx(total / rows[2]["characters"])
    figure = figures_of("report-int8.tflite")["unknowns_accepted"]
    assert rows[2]["accepted"] == pytest.approx(figure, abs=0.005)


@needs_training
def test_unknowns_that_are_not_there(mnist_dir, tmp_path, capsys):
    assert (
        main(["unknowns", "--unknowns", str(tmp_path), "--data", str(mnist_dir)]) == 1
    )
    assert capsys.readouterr().err.count("\n") == 1


@needs_training
def test_alphabet_that_is_not_there(mnist_dir, unknowns_dir, capsys):
    options = ["--data", str(mnist_dir), "--alphabets", "Klingon"]
    assert main(["unknowns", "--unknowns", str(unknowns_dir), *options]) == 1
    assert "Klingon" in capsys.readouterr().err


def test_models_of_another_name(mnist_dir, capsys):
    options = ["--data", str(mnist_dir), "--models", "nothing"]
    assert main(["calibration", *options]) == 1
    assert "no such model file" in capsys.readouterr().err


def test_shipped_models_are_measured_when_none_is_named():
    assert "report-int8.tflite" in test_digits.classifiers(None)


@pytest.fixture
def few_timed(monkeypatch):
    """Of each method, few readings are timed."""
    monkeypatch.setattr(baselines, "_TIMED", 10)


@pytest.mark.slow  # trains a CNN
@needs_training
def test_baselines_command(tiny_mnist_dir, tmp_path, capsys, few_timed):
    pytest.importorskip("tensorflow", reason="the CNN needs TensorFlow")
    result = tmp_path / "baselines.json"
    options = ["--data", str(tiny_mnist_dir), "--result", str(result)]
    options += ["--train-count", "600", "--epochs", "1", "--archs", "lenet5"]
    assert main(["baselines", *options]) == 0
    rows = {row["method"]: row for row in json.loads(result.read_text())["rows"]}
    assert len(rows) >= 6
    shipped = rows["report-int8.tflite, as shipped"]
    size_bytes = (classify.MODELS / "report-int8.tflite").stat().st_size
    assert shipped["size_kib"] == round(size_bytes / 1024, 1)
    for name, row in rows.items():
        if "as shipped" not in name:
            assert row["fitted"] == 600
            assert row["fit_s"] is not None
    # 600 images are enough for these to be far better than chance, a tree least so.
    assert rows["SVM, RBF kernel, C = 10"]["accuracy"] > 0.8
    assert rows["k-NN, k = 3"]["accuracy"] > 0.75
    assert rows["decision tree"]["accuracy"] > 0.5
    assert shipped["accuracy"] > 0.98
    assert "random forest" in capsys.readouterr().out


@pytest.mark.slow  # trainings
@needs_training
def test_baselines_on_the_pooled_split_leave_the_shipped_models_out(
    tiny_mnist_dir, capsys, few_timed
):
    """Those were fitted to images that now test."""
    options = ["--data", str(tiny_mnist_dir), "--split", "stratified80", "--json"]
    options += ["--train-count", "300", "--archs"]  # no CNN
    assert main(["baselines", *options]) == 0
    written = json.loads(capsys.readouterr().out)
    assert "600 to test (stratified80)" in written["benchmark"]
    assert not [row for row in written["rows"] if "as shipped" in row["method"]]
