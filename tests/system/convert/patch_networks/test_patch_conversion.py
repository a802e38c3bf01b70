import json

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
import onnx
from keras import layers

from convert.conversion_options import OnnxOptions
from convert.formats import forms
from convert.patch_networks import patch_conversion
from convert.patch_networks.patch_agreement import PatchAgreement
from convert.patch_networks.trained_patches import TrainedPatches
from convert.report.comparison import FormRow
from edge_app.common.errors import ConversionError
from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.model import manifest, runtime

pytestmark = pytest.mark.slow  # whole conversions


def sure_network(num_patches):
    """A network that is sure of its labels, though it never saw one."""
    rng = np.random.default_rng(1)
    patch = keras.Input((48, 48, 3))
    coarse = layers.Flatten()(layers.AveragePooling2D(16)(patch))
    model = keras.Model(patch, layers.Dense(len(CONTEXT_LABELS))(coarse))
    model.set_weights(
        [rng.normal(0, 4, weights.shape) for weights in model.get_weights()]
    )
    coarse = rng.random((num_patches, 3, 3, 3), np.float32)
    patches = coarse.repeat(16, axis=1).repeat(16, axis=2)
    return TrainedPatches(
        arch="context",
        model=model,
        calibration=patches[:20],
        verification=patches,
        thresholds={"accept": 0.4},
        accuracy=0.75,
        made_by={"train": {"seed": 3}},
    )


def converted(network, names, folder):
    said = []
    chosen = forms.chosen(names)
    outcome = patch_conversion.convert(
        network, chosen, folder, OnnxOptions(), said.append
    )
    return outcome, said


def test_what_proves_right_is_published(tmp_path):
    names = ("context-float32.tflite", "context-float32.onnx")
    trained = sure_network(160)
    outcome, said = converted(trained, "float32", tmp_path)
    assert outcome.failures == []
    assert [row.file for row in outcome.rows] == list(names)
    assert said[0] == "context-float32.tflite: converting ..."
    entries = manifest.read(tmp_path)
    inputs = trained.verification[:5]
    expected = trained.model.predict(inputs, verbose=0)
    for name in names:
        content = (tmp_path / name).read_bytes()
        entries[name].check(content, tmp_path / name)
        assert entries[name].labels == CONTEXT_LABELS
        assert not entries[name].is_classifier
        assert entries[name].input_shape == (48, 48, 3)
        assert entries[name].figures == {"same_labels": 1.0}
        assert entries[name].accuracy == 0.75
        found = runtime.load(tmp_path / name, content)(inputs)
        np.testing.assert_allclose(found, expected, atol=1e-3)
    made = onnx.load(tmp_path / names[1])
    said_of_itself = {prop.key: prop.value for prop in made.metadata_props}
    assert json.loads(said_of_itself["thresholds"]) == {"accept": 0.4}


def test_too_few_patches_verify_nothing(tmp_path):
    outcome, _ = converted(sure_network(20), "float32.tflite", tmp_path)
    (failure,) = outcome.failures
    assert failure.startswith("context-float32.tflite: Keras gives ")
    assert failure.endswith("at least 100 must be compared; train longer")
    assert not list(tmp_path.iterdir())


def test_a_form_of_classifiers_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(ConversionError, match=r"--to float16\.tflite: "):
        converted(None, "int8,float16", tmp_path)


def test_a_row_for_each_runtime():
    (form,) = forms.chosen("int8.tflite")
    found = (
        PatchAgreement("litert", 2649, 0.9987, 0.0712, 141.6),
        PatchAgreement("tflite-runtime", 2649, 1.0, 0.07, 150.0),
    )
    row = FormRow("context-int8.tflite", form, 100 * 1024, found)
    header, _, first, second = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in patch_conversion.table([row]).splitlines()
    )
    assert dict(zip(header, first, strict=True)) == {
        "file": "context-int8.tflite",
        "numbers": "all int8",
        "runtime": "litert",
        "KiB": "100",
        "patches": "2649",
        "same label": "99.87%",
        "logits differ by": "0.071",
        "us a patch": "142",
    }
    assert second[2] == "tflite-runtime"
