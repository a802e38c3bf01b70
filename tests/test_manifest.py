import dataclasses
import hashlib
import json

import pytest

from edge_app import manifest
from edge_app.classify import MODELS
from edge_app.errors import ManifestError


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
        "normalisation": 1,
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
    row = dataclasses.asdict(entry()) | {"colour": "red"}
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [row]}))
    with pytest.raises(ManifestError, match="colour"):
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
        {"normalisation": "1"},
        {"labels": None},
    ],
)
def test_fields_of_other_types(tmp_path, change):
    row = dataclasses.asdict(entry()) | change
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [row]}))
    with pytest.raises(ManifestError, match="not a manifest"):
        manifest.read(tmp_path)


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
    for name, each in described.items():
        each.check((MODELS / name).read_bytes(), MODELS / name)
        assert each.labels[:10] == tuple("0123456789")
        assert each.accuracy >= 0.992
        assert each.made_by["train"]["command"].startswith("python -m train")
        assert name.startswith(f"{each.arch}-{each.form}.")
