import json
import shutil

import numpy as np
import pytest

from edge_app.common.errors import ManifestError, ModelError
from edge_app.model import classify, manifest, runtime
from edge_app.model.classify import MODELS, Classifier, alternatives

pytestmark = pytest.mark.device


class FixedModel:
    """A model that gives known scores: what the classifier makes of them is tested."""

    runtime = "none"
    input_shape = (28, 28, 1)
    input_dtype = "float32"

    def __init__(self, scores):
        self.scores = np.array(scores, np.float32)
        self.num_outputs = self.scores.shape[1]

    def __call__(self, inputs):
        return self.scores[: len(inputs)]


def inputs(count):
    return np.zeros((count, 28, 28, 1), np.float32)


def test_label_confidence_and_acceptance():
    scores = np.full((2, 10), 0.01, np.float32)
    scores[0, 7] = 0.91
    scores[1, [3, 8, 5]] = 0.4, 0.3, 0.23
    sure, doubtful = Classifier(FixedModel(scores), accept_threshold=0.5)(inputs(2))
    assert (sure.label, sure.accepted) == (7, True)
    assert sure.confidence == pytest.approx(0.91)
    assert (doubtful.label, doubtful.accepted) == (3, False)
    assert alternatives(scores[0]) == ()
    assert [label for label, _ in alternatives(scores[1])] == [3, 8, 5]


def test_rounded_scores_sum_to_one_again():
    scores = np.zeros((2, 11), np.float32)
    scores[0, 7] = 255 / 256  # the most that an int8 softmax says
    classifier = Classifier(FixedModel(scores), accept_threshold=0.5)
    assert classifier.scores(inputs(2))[0, 7] == 1.0
    assert classifier.scores(inputs(2))[1].sum() == 0.0  # and nothing of nothing


def test_an_eleventh_output_takes_confidence_but_is_no_label():
    scores = np.zeros((1, 11), np.float32)
    scores[0, 2], scores[0, 10] = 0.2, 0.8
    (reading,) = Classifier(FixedModel(scores), accept_threshold=0.5)(inputs(1))
    assert (reading.label, reading.accepted) == (2, False)


def test_no_inputs():
    assert list(classify.load()(inputs(0))) == []


def test_too_few_outputs():
    with pytest.raises(ModelError, match="at least 10 outputs expected, got 5"):
        Classifier(FixedModel([[0.2] * 5]), accept_threshold=0.5)


FORMS = [
    name
    for name in ("report-int8.tflite", "report-int8.onnx")
    if any(name.endswith(runtime.RUNTIMES[r].suffix) for r in runtime.installed())
]


@pytest.mark.parametrize("name", ["report-int8", *FORMS])
def test_shipped_models_by_name(name):
    file = classify.find(name).name
    threshold = manifest.read(MODELS)[file].accept_threshold
    assert classify.load(name).accept_threshold == threshold != 0


def test_unknown_model():
    with pytest.raises(ModelError, match=r"nothing.*shipped.*edge-int8.*report-int8"):
        classify.load("nothing")
    with pytest.raises(ModelError, match="name expected, got ''"):
        classify.load("")


@pytest.fixture
def copied_models(tmp_path):
    shutil.copytree(MODELS, tmp_path / "models")
    return tmp_path / "models"


def test_truncated_model_file(copied_models):
    path = copied_models / "report-int8.tflite"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ManifestError, match="cut short"):
        classify.load(str(path))


def test_changed_model_file(copied_models):
    path = copied_models / "report-int8.tflite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ManifestError, match="SHA-256"):
        classify.load(str(path))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_truncated_file_without_manifest(tmp_path, form, share):
    content = (MODELS / form).read_bytes()
    path = tmp_path / form
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match="damaged"):
        classify.load(str(path))


def test_tflite_runtime_takes_no_file_without_manifest(tmp_path):
    if "tflite-runtime" not in runtime.installed():
        pytest.skip("tflite-runtime is not installed")
    path = tmp_path / "report-int8.tflite"
    path.write_bytes((MODELS / path.name).read_bytes())
    with pytest.raises(ModelError, match=r"no manifest\.json describes it, and tflite"):
        classify.load(str(path), runtime_name="tflite-runtime")


def test_text_file_called_model(tmp_path):
    path = tmp_path / FORMS[0]
    path.write_bytes(b"hello\n" * 100)
    with pytest.raises(ModelError, match="damaged"):
        classify.load(str(path))


@pytest.mark.parametrize("form", FORMS)
def test_damaged_file_without_manifest(tmp_path, form):
    rng = np.random.default_rng(0)
    for n in range(6):
        damaged = bytearray((MODELS / form).read_bytes())
        for place in rng.integers(0, len(damaged), 20):
            damaged[place] = rng.integers(256)
        path = tmp_path / f"{n}-{form}"
        path.write_bytes(damaged)
        try:
            classify.load(str(path))(inputs(1))
        except ModelError:
            continue  # what a damaged file may do, apart from being read all the same


def test_model_for_another_normalization(copied_models):
    rows = json.loads((copied_models / "manifest.json").read_text())
    for row in rows["models"]:
        row["normalization"] = 99
    (copied_models / "manifest.json").write_text(json.dumps(rows))
    with pytest.raises(ModelError, match="normalization 99"):
        classify.load(str(copied_models / "report-int8.tflite"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("input_shape", [32, 32, 3], "input shape"),
        ("input_dtype", "float64", "input dtype float64"),
        ("labels", list("9876543210"), "first labels"),
        ("labels", list("0123456789x"), "number of labels 11, but it is 10"),
    ],
)
def test_model_that_is_not_what_its_manifest_says(copied_models, field, value, message):
    rows = json.loads((copied_models / "manifest.json").read_text())
    for row in rows["models"]:
        row[field] = value
    (copied_models / "manifest.json").write_text(json.dumps(rows))
    with pytest.raises(ManifestError, match=message):
        classify.load(str(copied_models / "report-int8.tflite"))


def test_model_without_manifest_is_used_with_a_warning(copied_models, caplog):
    if "litert" not in runtime.installed():
        pytest.skip("needs a runtime that checks its files")
    (copied_models / "manifest.json").unlink()
    assert classify.load(str(copied_models / "report-int8.tflite"))
    assert "integrity" in caplog.text
