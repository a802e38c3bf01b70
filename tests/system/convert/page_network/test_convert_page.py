"""``python -m convert`` of a page network."""

import json
import shutil

import cv2
import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
from scipy.stats import norm

from convert.__main__ import main
from convert.inspect import inspection
from convert.page_network import agreement, looks
from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from edge_app.find.page.page_file import labels, load_page
from edge_app.model import classify, manifest, runtime
from train.page import network
from train.page.crops import pool
from train.page.keras_pictures import KerasPictures
from train.page.losses import LOSS_WEIGHTS, LOSSES
from train.page.page_batches import CropBatches

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("convert_page")]

FILES = {
    "page-lite-float32.onnx",
    "page-lite-float32.tflite",
    "page-lite-int8.onnx",
    "page-lite-int8.tflite",
}
METRICS = {
    "f1": 0.625,
    "thresholds": {"peak": 0.3, "accept": 0.4},
    "made_by": {"command": "python -m train --arch page-lite", "seed": 1},
}


def scene(seed, size_wh=(184, 136)):
    """Zeros and crosses, which a network learns in seconds."""
    rng = np.random.default_rng(seed)
    gray = np.full(size_wh[::-1], rng.integers(170, 256), np.uint8)
    ink = np.zeros_like(gray)
    boxes, kinds = [], []
    for x in range(26, size_wh[0] - 16, 44):
        for y in range(26, size_wh[1] - 16, 42):
            radius, kind = int(rng.integers(7, 14)), int(rng.choice([0, 4]))
            middle = int(x + rng.integers(-6, 7)), int(y + rng.integers(-6, 7))
            for canvas, value in ((gray, 30), (ink, 255)):
                if kind == 0:
                    cv2.circle(canvas, middle, radius, value, 3)
                else:
                    cross = cv2.MARKER_TILTED_CROSS
                    cv2.drawMarker(canvas, middle, value, cross, 2 * radius, 3)
            side = 2 * radius + 2
            boxes.append((middle[0] - side / 2, middle[1] - side / 2, side, side))
            kinds.append(kind)
    return pool.Rendered(
        np.clip(gray + rng.normal(0, 4, gray.shape), 0, 255).astype(np.uint8),
        ink,
        np.array(boxes, np.float32),
        np.array(kinds),
        np.zeros((0, 4), np.float32),
    )


def trained(folder):
    keras.utils.set_random_seed(1)
    model = network.build("page-lite")
    rate = keras.optimizers.schedules.CosineDecay(4e-3, 160)
    adam = keras.optimizers.Adam(rate)
    model.compile(optimizer=adam, loss=LOSSES, loss_weights=LOSS_WEIGHTS)
    options = {"num_scenes": 6, "batch_size": 8, "side": 96, "seed": 1}
    model.fit(CropBatches(folder, steps=160, **options), verbose=0)
    return model


def names(folder):
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "page-lite"
    folder = run / "scenes" / "validation"
    folder.mkdir(parents=True)
    for number in range(looks.SAMPLES.num_verified + 6):
        np.savez(pool.path(folder, number), **vars(scene(number)))
    trained(folder).save(run / "model.keras")
    settings = {"arch": "page-lite", "side": 96, "seed": 1}
    (run / "settings.json").write_text(json.dumps(settings))
    (run / "metrics.json").write_text(json.dumps(METRICS))
    return run


@pytest.fixture(scope="module")
def converted(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("converted")
    shutil.copy(classify.MODELS / "report-int8.tflite", out)
    shutil.copy(classify.MODELS / "manifest.json", out)
    # So many crops that no range is cut: what differs is rounding alone.
    assert main([str(run), "--out", str(out), "--calibration-samples", "200"]) == 0
    return out


@pytest.fixture(scope="module")
def in_keras(run):
    return KerasPictures(keras.saving.load_model(run / "model.keras", compile=False))


def test_files_and_manifest(converted):
    assert names(converted) == {*FILES, "report-int8.tflite", "manifest.json"}
    entries = manifest.read(converted)
    assert entries["report-int8.tflite"].is_classifier
    for name in FILES:
        entry = entries[name]
        entry.check((converted / name).read_bytes(), converted / name)
        assert not entry.is_classifier
        assert name.startswith(f"{entry.arch}-{entry.form}.")
        assert entry.labels == labels()
        assert entry.labels[:2] == ("digit_0", "digit_1")
        assert entry.input_shape == (0, 0, 1)
        assert entry.thresholds == METRICS["thresholds"]
        assert entry.accuracy == METRICS["f1"]
        assert entry.made_by["train"] == METRICS["made_by"]
        assert entry.made_by["convert"]["command"].endswith("samples 200 --seed 1")
        assert entry.figures["same_centers"] >= 0.985
    assert entries["page-lite-int8.tflite"].input_dtype == "int8"
    assert entries["page-lite-int8.onnx"].input_dtype == "float32"


@pytest.mark.parametrize("name", sorted(FILES))
def test_maps_agree_with_keras(converted, in_keras, name):
    model = runtime.load_pictures(converted / name, (converted / name).read_bytes())
    # What 27 layers' roundings to a step add up to: see `convert.verify.tolerances`. A
    # step is 1/255 of an output's range in int8, and what the roundings of a hundred
    # float32 numbers add up to else.
    step = 1 / 255 if "int8" in name else 2.0**-17
    deviation = np.sqrt(2 * 27 / 12) * step
    for size_wh in ((176, 128), (96, 208), (176, 128)):
        gray = scene(5, size_wh).gray
        expected = in_keras(gray)
        found = model(gray)
        assert set(found) == {len(Kind), NUM_SIZES, NUM_INK}
        for channels, (stored, quantization) in found.items():
            maps, known = quantization.dequantize(stored), expected[channels][0]
            assert maps.shape == (size_wh[1] // 4, size_wh[0] // 4, channels)
            errors = np.abs(maps - known) / (deviation * np.ptp(known))
            assert np.sqrt(np.mean(errors**2)) <= 1
            # So far out is the largest of that many, but for one time in a thousand.
            assert errors.max() <= norm.isf(0.001 / errors.size / 2)


@pytest.mark.parametrize("form", ["int8", "float32"])
def test_tflite_has_only_what_xnnpack_runs(converted, form):
    path = converted / f"page-lite-{form}.tflite"
    graph = inspection.parse(path, path.read_bytes())
    assert {operator.kind for operator in graph.operators} == {
        "CONV_2D",
        "ADD",
        "DEPTH_TO_SPACE",
    }
    assert inspection.describe(path, path.read_bytes())["outside_xnnpack"] == []
    assert all(operator.is_integer for operator in graph.operators) == (form == "int8")
    assert {output.name for output in graph.outputs} == {"kinds", "sizes", "ink"}
    (source,) = graph.inputs
    assert [isinstance(side, int) for side in source.shape] == [
        True,
        False,
        False,
        True,
    ]
    if form == "int8":
        assert source.quantization.zero_points == (-128,)
        assert source.quantization.scales == pytest.approx((1 / 255,), rel=1e-6)
        assert len({output.quantization for output in graph.outputs}) == 3


def test_load_by_name_and_path(converted, monkeypatch):
    gray = cv2.cvtColor(scene(3).gray, cv2.COLOR_GRAY2BGR)
    by_path = load_page(str(converted / "page-lite-int8.tflite"))
    monkeypatch.setattr(classify, "MODELS", converted)
    by_name = load_page("page-lite")
    boxes = [candidate.box_xywh for candidate in by_name(gray)]
    assert boxes
    assert boxes == [candidate.box_xywh for candidate in by_path(gray)]
    assert by_name.name == "page-lite"
    assert by_name.verdict.accept == METRICS["thresholds"]["accept"]
    assert load_page("page-lite", runtime_name="onnxruntime")(gray)
    assert load_page("page-lite-float32.onnx")(gray)


def test_load_names_the_shipped_networks(converted, monkeypatch):
    monkeypatch.setattr(classify, "MODELS", converted)
    shown = r"lite: no such .*page-lite.*classic\); did you mean page-lite\?"
    with pytest.raises(ModelError, match=shown):
        load_page("lite")
    with pytest.raises(ModelError, match=r"page: no such .*\(edge-float32, "):
        classify.load("page")


def test_one_kind_of_model_is_not_taken_for_the_other(converted):
    with pytest.raises(ModelError, match=r"page network expected, got report"):
        load_page(str(converted / "report-int8.tflite"))
    with pytest.raises(ModelError, match=r"classifier expected, got a page-lite"):
        classify.load(str(converted / "page-lite-int8.tflite"))


@pytest.fixture
def copied(converted, tmp_path):
    return shutil.copytree(converted, tmp_path / "models")


def test_load_refuses_a_damaged_file(copied):
    path = copied / "page-lite-int8.tflite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"SHA-256 .* the file was changed"):
        load_page(str(path))
    path.write_bytes(content[:-100])
    with pytest.raises(ManifestError, match="cut short"):
        load_page(str(path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["digit_0"]}, "says labels digit_0, this program has"),
        ({"thresholds": {"peak": 0.3, "color": 1}}, r"other thresholds .*color"),
    ],
)
def test_load_refuses_another_program_s_network(copied, change, message):
    path = copied / "page-lite-int8.tflite"
    rows = json.loads((copied / "manifest.json").read_text())
    for row in rows["models"]:
        row |= change if row["file"] == path.name else {}
    (copied / "manifest.json").write_text(json.dumps(rows))
    with pytest.raises(ManifestError, match=message):
        load_page(str(path))


def test_load_without_manifest(copied, tmp_path, caplog):
    (copied / "manifest.json").unlink()
    load_page(str(copied / "page-lite-float32.onnx"))
    assert "no manifest.json describes it" in caplog.text
    with pytest.raises(ModelError, match=r"cannot load or run it on a gray picture"):
        load_page(str(copied / "report-int8.tflite"))


def test_a_form_that_differs_is_not_published(run, tmp_path, capsys, monkeypatch):
    strict = agreement.PageTolerance(margin=0.0, centers=1.1, labels=1.0)
    monkeypatch.setattr(agreement, "_FLOAT_TOLERANCE", strict)
    words = [str(run), "--out", str(tmp_path), "--to", "float32.tflite"]
    assert main(words) == 1
    assert not names(tmp_path)
    error = capsys.readouterr().err
    assert error.startswith("convert: error: page-lite-float32.tflite in litert: ")
    assert "not published" in error
    assert len(error.splitlines()) == 1


def test_a_network_that_finds_nothing_is_not_published(run, tmp_path, capsys):
    copy = shutil.copytree(run, tmp_path / "run")
    (copy / "metrics.json").unlink()
    (copy / "model.keras").unlink()
    network.build("page-lite").save(copy / "best.keras")
    out = tmp_path / "models"
    assert main([str(copy), "--out", str(out), "--to", "float32.tflite"]) == 1
    assert "Keras finds 0 centers in the scenes" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "float16"], "--to float16.tflite: page networks come as int8"),
        (["--to", "int8-batch1"], "--to int8-batch1.tflite: page networks come as"),
        (["--layers"], "--layers is for classifiers"),
        (["--max-loss", "1"], "--max-loss is for classifiers"),
        (["--scenes", "nowhere"], "more than 48 rendered scenes expected, got 0"),
        (["--sha256", "00"], "SHA-256 00... expected"),
    ],
)
def test_errors(run, tmp_path, capsys, options, message):
    assert main([str(run), "--out", str(tmp_path), *options]) == 1
    error = capsys.readouterr().err
    assert error.startswith("convert: error: ")
    assert message in error
    assert len(error.splitlines()) == 1
    assert not names(tmp_path)


def test_a_run_without_network(tmp_path, capsys):
    (tmp_path / "settings.json").write_text('{"arch": "page"}')
    assert main([str(tmp_path)]) == 1
    assert "holds no network yet (no best.keras)" in capsys.readouterr().err
