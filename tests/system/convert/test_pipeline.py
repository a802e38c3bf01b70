import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from convert import pipeline
from convert.conversion_options import VerificationOptions
from convert.formats import forms
from convert.formats.make import Made
from edge_app.common.errors import ConversionError, ModelError
from edge_app.model import manifest

pytestmark = pytest.mark.slow  # whole conversions


def converted(source, names, folder, **options):
    said = []
    outcome = pipeline.convert(
        source,
        forms.chosen(names),
        folder,
        VerificationOptions(**options),
        said.append,
    )
    return outcome, said


def names(folder):
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_what_proves_right_is_published(small_source, tmp_path):
    outcome, said = converted(small_source, "int8.tflite,int8.c", tmp_path)
    assert outcome.failures == []
    assert [row.file for row in outcome.rows] == [
        "small-int8.tflite", "small-int8.c",
    ]  # fmt: skip
    assert names(tmp_path) == {
        "small-int8.tflite", "small-int8.c", "small-int8.h", "manifest.json",
    }  # fmt: skip
    entries = manifest.read(tmp_path)
    assert set(entries) == {"small-int8.tflite"}  # no app loads C
    for row in outcome.rows:
        for found in row.found:
            assert found.accuracy >= 0.99  # Keras reads all of them rightly
            assert found.agreement == found.accuracy
        size = (tmp_path / row.file.replace(".c", ".tflite")).stat().st_size
        # Of C it is what it takes in flash: the model for one input, about as large.
        assert row.size_bytes == pytest.approx(size, rel=0.5 if ".c" in row.file else 0)
    assert said[0] == "small-int8.tflite: converting ..."
    assert "KiB, in litert: test accuracy 100.00%" in said[1]


@pytest.mark.slow  # converts, and runs each layer
def test_layers_are_compared_where_they_are_asked_for(small_source, tmp_path):
    forms_asked_for = "float32.ort,int8.tflite"
    outcome, said = converted(small_source, forms_asked_for, tmp_path, layers=True)
    assert said[1].startswith("  an .ort file is compared as the .onnx ")
    first = said.index("  error of each layer's output, relative to its size:")
    lines = [line.split() for line in said[first + 1 : -2]]
    assert [words[1] for words in lines if words[1] != "-"] == [
        "seen",
        "flat",
        "scores",
    ]
    largest = max(float(words[0].rstrip("%")) for words in lines)
    assert said[-2].startswith("  largest: ")
    assert said[-2].endswith(f", {largest:.2f}%")
    assert len(outcome.rows) == 2


def test_what_differs_is_not_published_and_others_are(small_source, tmp_path):
    kept, refused = forms.chosen("float32.tflite,int8.tflite")

    def verified(form):
        if form == refused:
            raise ConversionError("lost\n  3 points")
        made = Made(form, {"small-float32.tflite": b"model"}, b"model")
        return pipeline.Verified(made, ("good", "good there, too"), None)

    said = []
    outcome = pipeline.published(
        "small", [refused, kept], verified, tmp_path, said.append
    )
    assert outcome.failures == ["small-int8.tflite: lost 3 points"]  # one line
    (row,) = outcome.rows
    assert (row.file, row.form, row.size_bytes) == ("small-float32.tflite", kept, 5)
    assert row.found == ("good", "good there, too")
    assert (tmp_path / "small-float32.tflite").read_bytes() == b"model"
    assert manifest.read(tmp_path) == {}
    assert said[-2:] == ["  0 KiB, good", "  0 KiB, good there, too"]


def test_nothing_is_touched_where_nothing_proves_right(tmp_path):
    def verified(_form):
        raise ModelError("small-int8.tflite in litert: cannot be loaded")

    folder, (form,) = tmp_path / "models", forms.chosen("int8.tflite")
    outcome = pipeline.published("small", [form], verified, folder, print)
    # The file is named once.
    assert outcome.failures == ["small-int8.tflite in litert: cannot be loaded"]
    assert outcome.rows == []
    assert not folder.exists()
