"""Why a file is no model file, in words that say what to do."""

from pathlib import Path

import pytest

from edge_app.common.errors import ModelError
from edge_app.model import classify
from edge_app.model.runtime import refused

pytestmark = pytest.mark.device

HDF5 = b"\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.h5", b"", "^a.h5: a Keras model in HDF5, a .tflite or .onnx file expected"),
        ("a.HDF5", b"", "from_keras_model$"),
        ("renamed.tflite", HDF5, "^renamed.tflite: a Keras model in HDF5"),
        ("a.keras", b"PK", "^a.keras: a Keras model, a .tflite or .onnx file expected"),
        ("a.tflite", b"TFL3..edgetpu-custom-op", "compiled for an Edge TPU"),
    ],
)
def test_what_is_often_taken_for_a_model_file(name, content, message):
    with pytest.raises(ModelError, match=message):
        refused.check_kind(Path(name), content)


def test_model_files_are_of_their_kind():
    for path in classify.MODELS.glob("edge-*"):
        refused.check_kind(path, path.read_bytes())
    refused.check_kind(Path("hdf5.tflite"), b"TFL3\x89HDF")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Select TensorFlow op(s), included in the given model, is(are) not\n"
            "supported by this interpreter.",
            "has operators of TensorFlow itself",
        ),
        (
            "Data of TensorProto (x) should be stored in a.data, External data path",
            "an ONNX file with its weights in another one",
        ),
        ("Unsupported model IR version: 99, max 13", "made for a newer ONNX Runtime"),
        ("ONNX Runtime only *guarantees* support for opset 24", "made for a newer"),
        ("Protobuf parsing failed.", "damaged, or no model that onnxruntime runs"),
    ],
)
def test_a_runtime_s_message_is_told_in_our_words_and_its_own(text, expected):
    reason = refused.reason(RuntimeError(text), "onnxruntime")
    assert reason.startswith(expected)
    assert reason.endswith(f" ({' '.join(text.split())})")  # one line
