import hashlib
from types import SimpleNamespace

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from convert.conversion_options import OnnxOptions
from convert.formats import forms
from convert.formats.make import Made
from convert.page_network import conversion
from convert.page_network.agreement import Agreement
from convert.report.comparison import FormRow
from edge_app.common.errors import ConversionError
from edge_app.find.page.page_file import labels

FOUND = (
    Agreement("litert", 812, 0.9876543, 0.0123, 0.9987654, 21.26),
    Agreement("tflite-runtime", 812, 1.0, 0.0, 1.0, 30.0),
)


@pytest.fixture
def made():
    (form,) = forms.chosen("int8.tflite")
    return Made(form, {"page-lite-int8.tflite": b"model"}, b"model")


def test_a_manifest_says_what_the_first_runtime_found(made):
    run = SimpleNamespace(
        name="page-lite",
        thresholds={"peak": 0.3},
        accuracy=0.625,
        made_by={"train": {"seed": 1}},
    )
    entry = conversion.entry(run, made, FOUND)
    entry.check(b"model", "page-lite-int8.tflite")
    assert entry.sha256 == hashlib.sha256(b"model").hexdigest()
    assert (entry.arch, entry.form, entry.input_dtype) == ("page-lite", "int8", "int8")
    assert entry.figures == {"same_centers": 0.98765, "same_labels": 0.99877}
    assert entry.labels == labels()
    assert not entry.is_classifier
    assert (entry.accuracy, entry.thresholds) == (0.625, {"peak": 0.3})
    assert entry.made_by == {"train": {"seed": 1}}


def test_a_row_for_each_runtime(made):
    row = FormRow(made.name, made.form, 150 * 1024, FOUND)
    header, _, first, second = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in conversion.table([row]).splitlines()
    )
    assert dict(zip(header, first, strict=True)) == {
        "file": "page-lite-int8.tflite",
        "numbers": "all int8",
        "runtime": "litert",
        "KiB": "150",
        "centers": "812",
        "same center": "98.77%",
        "same label": "99.88%",
        "added": "1.23%",
        "ms for 640x480": "21.3",
    }
    assert second[2] == "tflite-runtime"


def test_a_form_of_classifiers_is_refused_before_anything_is_made(tmp_path):
    forms_asked_for = forms.chosen("int8,float16")
    with pytest.raises(ConversionError, match=r"--to float16\.tflite: page networks"):
        conversion.convert(None, forms_asked_for, tmp_path, OnnxOptions(), print)
    assert not list(tmp_path.iterdir())
