import dataclasses

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.formats import forms, prepare, to_tflite
from convert.patch_networks.patch_agreement import PatchAgreement, PatchVerifier
from convert.patch_networks.trained_patches import TrainedPatches
from edge_app.common.errors import ConversionError
from edge_app.find.context.context_verdict import CONTEXT_LABELS

pytestmark = pytest.mark.slow  # conversions

NAME = "context-float32.tflite"
(FORM,) = forms.chosen("float32.tflite")
NUM_LABELS = len(CONTEXT_LABELS)


@pytest.fixture(scope="module")
def trained():
    """A network that says how much a patch's mean lies over each label's own."""
    patch = keras.Input((48, 48, 3))
    logits = layers.Dense(NUM_LABELS)(layers.GlobalAveragePooling2D()(patch))
    model = keras.Model(patch, logits)
    # The distance to each of the evenly spaced means, less what all have in common.
    means = np.linspace(0, 1, NUM_LABELS)
    kernel = np.tile(2 * means / 3, (3, 1))
    model.set_weights([300 * kernel, -300 * means**2])
    levels = means.repeat(12).astype(np.float32)
    patches = np.ones((len(levels), 48, 48, 3), np.float32)
    patches *= levels[:, np.newaxis, np.newaxis, np.newaxis]
    return TrainedPatches(
        arch="context",
        model=model,
        calibration=patches[:20],
        verification=patches,
        thresholds={"accept": 0.4},
        accuracy=0.75,
        made_by={},
    )


@pytest.fixture(scope="module")
def file(trained):
    return to_tflite.convert(
        prepare.for_conversion(trained.model, batch_size=None), FORM
    )


def changed(trained, change):
    """The same network with other weights."""
    model = keras.models.clone_model(trained.model)
    model.set_weights([change(weights) for weights in trained.model.get_weights()])
    return dataclasses.replace(trained, model=model)


def test_a_network_s_own_file_agrees_with_it(trained, file):
    found = PatchVerifier(trained)(NAME, file, FORM)
    assert "litert" in [agreed.runtime for agreed in found]
    for agreed in found:
        assert agreed.num_patches == len(trained.verification)
        assert agreed.same_labels == 1
        assert agreed.error < 1e-3


def test_another_network_s_file_does_not(trained, file):
    def turned(weights):
        return weights[..., ::-1]

    with pytest.raises(ConversionError, match=r"\d\.\d\d% of .* not published$"):
        PatchVerifier(changed(trained, turned))(NAME, file, FORM)


def test_logits_of_another_size_are_an_error_though_all_labels_are_the_same(
    trained, file
):
    def larger(weights):
        return 1.25 * weights

    with pytest.raises(ConversionError, match=r"litert: 100.00% of Keras' \d+ clear"):
        PatchVerifier(changed(trained, larger))(NAME, file, FORM)


def test_another_label_is_an_error_though_logits_are_near(trained, file):
    """Of a form that may differ by more than this one logit of few patches does."""
    model = keras.models.clone_model(trained.model)
    kernel, bias = trained.model.get_weights()
    kernel[:, 1] -= 3.2 / 3  # nothing where all three are 1
    bias[1] += 3.2
    model.set_weights([kernel, bias])
    levels = np.repeat([0, 1], [2, 150]).astype(np.float32)
    patches = np.ones((152, 48, 48, 3), np.float32) * levels[:, None, None, None]
    other = dataclasses.replace(trained, model=model, verification=patches)
    (rounded,) = forms.chosen("int8.tflite")
    message = "98.68% of Keras' 152 clear labels, logits differ by 0.0.* not published$"
    with pytest.raises(ConversionError, match=message):
        PatchVerifier(other)(NAME, file, rounded)


def test_labels_that_keras_is_not_sure_of_are_not_compared(trained, file):
    def unsure(weights):
        return 1e-3 * weights

    message = f"^{NAME}: Keras gives 0 patches a clear label, at least 100 must be"
    with pytest.raises(ConversionError, match=message):
        PatchVerifier(changed(trained, unsure))(NAME, file, FORM)


def test_figures_in_words():
    found = PatchAgreement("litert", 2649, 0.99873, 0.0712, 141.6)
    assert str(found) == (
        "in litert: 99.87% of Keras' 2649 clear labels, logits differ by 0.071, 142 us "
        "a patch"
    )
