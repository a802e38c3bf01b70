import dataclasses
import hashlib
import json

import pytest

from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextVerdict
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS, SeparatorVerdict
from edge_app.model import manifest
from edge_app.model.classify import MODELS

pytestmark = pytest.mark.device

LOOKS_AGAIN = {
    "context": (CONTEXT_LABELS, ContextVerdict),
    "separator": (SEPARATOR_LABELS, SeparatorVerdict),
}


def entry(content=b"model", **changes):
    fields = {
        "file": "a-int8.tflite",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "arch": "a",
        "form": "int8",
        "input_shape": (28, 28, 1),
        "input_dtype": "int8",
        "labels": tuple("0123456789"),
        "normalization": 1,
        "accept_threshold": 0.7,
        "accuracy": 0.99,
        "made_by": {"train": {"seed": 1}},
    }
    return manifest.Manifest(**{**fields, **changes})


def test_written_is_read_again(tmp_path):
    with manifest.replacing(tmp_path, {"a-int8.tflite": entry()}):
        assert manifest.read(tmp_path) == {}
    assert manifest.read(tmp_path) == {"a-int8.tflite": entry()}


def test_folder_without_manifest(tmp_path):
    assert manifest.read(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"models": [{}]}', '{"models": [{"file": "a"}]}']
)
def test_malformed_manifest(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ManifestError, match="not a manifest"):
        manifest.read(tmp_path)


def test_unknown_field_is_malformed(tmp_path):
    row = dataclasses.asdict(entry()) | {"color": "red"}
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [row]}))
    with pytest.raises(ManifestError, match="color"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"accept_threshold": "0.5"},
        {"accept_threshold": None},
        {"accept_threshold": float("nan")},
        {"accuracy": 99.5},
        {"sha256": None},
        {"file": ["a"]},
        {"size_bytes": "237000"},
        {"normalization": "1"},
        {"labels": None},
        {"thresholds": None},
        {"thresholds": {"peak": "0.3"}},
        {"thresholds": {"peak": True}},
        {"thresholds": {"peak": float("nan")}},
        {"thresholds": {"hidden": [[0.1, "0.2"]]}},
        {"thresholds": {"hidden": [[0.1, float("inf")]]}},
    ],
)
def test_fields_of_other_types(tmp_path, change):
    row = dataclasses.asdict(entry()) | change
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [row]}))
    with pytest.raises(ManifestError, match="not a manifest"):
        manifest.read(tmp_path)


def test_manifest_of_before_there_were_page_networks(tmp_path):
    row = dataclasses.asdict(entry())
    del row["thresholds"]
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [row]}))
    assert manifest.read(tmp_path) == {"a-int8.tflite": entry()}


def page_network(**changes):
    fields = {
        "file": "page-int8.tflite",
        "arch": "page",
        "input_shape": (0, 0, 1),
        "labels": ("digit_0", "letter"),
        "normalization": 0,
        "accept_threshold": 0.0,
        "thresholds": {"peak": 0.3, "hidden": [[0.5, -1.5], [0.25, 2]]},
    }
    return entry(**{**fields, **changes})


def test_page_network_is_written_and_read_again(tmp_path):
    entries = {
        model_entry.file: model_entry for model_entry in (entry(), page_network())
    }
    with manifest.replacing(tmp_path, entries):
        pass
    assert manifest.read(tmp_path) == entries
    assert entries["a-int8.tflite"].is_classifier
    assert not entries["page-int8.tflite"].is_classifier


def test_find(tmp_path):
    entries = {
        model_entry.file: model_entry for model_entry in (entry(), page_network())
    }
    with manifest.replacing(tmp_path, entries):
        pass
    path = tmp_path / "page-int8.tflite"
    path.write_bytes(b"model")
    endings = ["-int8.onnx", "-int8.tflite"]

    def find(name, *, is_classifier=False):
        return manifest.find(name, tmp_path, endings, is_classifier=is_classifier)

    assert find("page") == find("page-int8.tflite") == find(str(path)) == path
    with pytest.raises(ModelError, match=r"b: no such .* one \(page\)$"):
        find("b")
    with pytest.raises(ModelError, match=r"b: no such .* one \(a-int8\)$"):
        find("b", is_classifier=True)
    with pytest.raises(ModelError, match=r"\(a-int8\); did you mean a-int8\?$"):
        find("a-int9", is_classifier=True)
    with pytest.raises(ModelError, match="a shipped model's name expected, got ''"):
        find("")
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(ModelError, match=r"b: no such .* one \(none\)"):
        find("b")


def test_read_model(tmp_path):
    with manifest.replacing(tmp_path, {"a-int8.tflite": entry()}):
        pass
    with pytest.raises(ModelError, match="cannot be read"):
        manifest.read_model(tmp_path / "a-int8.tflite")
    (tmp_path / "a-int8.tflite").write_bytes(b"modem")
    with pytest.raises(ManifestError, match="was changed"):
        manifest.read_model(tmp_path / "a-int8.tflite")
    (tmp_path / "a-int8.tflite").write_bytes(b"model")
    assert manifest.read_model(tmp_path / "a-int8.tflite") == (b"model", entry())
    (tmp_path / "b.tflite").write_bytes(b"other")
    assert manifest.read_model(tmp_path / "b.tflite") == (b"other", None)


ROW = json.dumps(dataclasses.asdict(entry()))


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "My web app", "icons": [{"src": "a-int8.tflite"}]}',
        b'{"models": {"a-int8.tflite": {}}}',
        b'{"models": [{"file": "a-int8.tflite", "url": "a"}]}',
        b'["a-int8.tflite"]',
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"{" + b'"other.tflite"',
    ],
)
def test_a_manifest_of_another_program_does_not_matter(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    (tmp_path / "a-int8.tflite").write_bytes(b"model")
    assert manifest.read_model(tmp_path / "a-int8.tflite") == (b"model", None)


@pytest.mark.parametrize(
    "text",
    [
        '{"models": [' + ROW,  # cut short
        '{"models": [' + ROW + ', {"file": "b"}]}',
        '{"models": [' + ROW.replace("0.99", '"high"') + "]}",
    ],
)
def test_a_damaged_manifest_of_ours_does(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    (tmp_path / "a-int8.tflite").write_bytes(b"model")
    with pytest.raises(ManifestError, match="not a manifest"):
        manifest.read_model(tmp_path / "a-int8.tflite")


def test_a_manifest_that_is_a_folder_does_not_matter(tmp_path):
    (tmp_path / "manifest.json").mkdir()
    (tmp_path / "a-int8.tflite").write_bytes(b"model")
    assert manifest.read_model(tmp_path / "a-int8.tflite") == (b"model", None)


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match=r"a folder; a \.tflite or \.onnx file"):
        manifest.find(str(tmp_path), tmp_path, [], is_classifier=True)


def test_check_accepts_the_described_file(tmp_path):
    entry(b"model").check(b"model", tmp_path)


def test_check_refuses_a_truncated_file(tmp_path):
    with pytest.raises(ManifestError, match=r"5 bytes expected .* got 3; .*cut short"):
        entry(b"model").check(b"mod", tmp_path)


def test_check_refuses_a_changed_file(tmp_path):
    with pytest.raises(ManifestError, match=r"SHA-256 .* expected .* changed"):
        entry(b"model").check(b"modem", tmp_path)


def test_every_shipped_model_is_described_and_intact():
    described = manifest.read(MODELS)
    files = {p.name for p in MODELS.iterdir() if p.suffix in {".tflite", ".onnx"}}
    assert set(described) == files
    assert {"report-int8.tflite", "report-float32.tflite", "report-int8.onnx"} <= files
    for name, model_entry in described.items():
        model_entry.check((MODELS / name).read_bytes(), MODELS / name)
        if model_entry.is_classifier:
            assert model_entry.labels[:10] == tuple("0123456789")
            assert model_entry.accuracy >= 0.992
        elif model_entry.is_page_network:
            assert model_entry.labels[0] == "digit_0"
            assert "peak" in model_entry.thresholds
        else:
            labels, verdict = LOOKS_AGAIN[model_entry.arch]
            assert model_entry.labels == labels
            assert set(model_entry.thresholds) == set(verdict.__dataclass_fields__)
        assert model_entry.made_by["train"]["command"].startswith("python -m train")
        assert name.startswith(f"{model_entry.arch}-{model_entry.form}.")
