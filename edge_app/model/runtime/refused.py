"""The reasons why a file is refused as a model, in words that say what to do."""

from pathlib import Path

from edge_app.common.errors import ModelError

CONVERTED = "a .tflite or .onnx file expected"

# By what stands in a runtime's message, in lower case.
_REASONS = {
    "select tensorflow op": "has operators of TensorFlow itself, which no small "
    "runtime executes; convert it without tf.lite.OpsSet.SELECT_TF_OPS",
    "external": "an ONNX file with its weights in another one; make it one file with "
    "onnx.save(onnx.load(OLD), NEW)",
    "unsupported model ir version": "made for a newer ONNX Runtime; install that, or "
    "export it with an older opset and IR version",
    "opset": "made for a newer ONNX Runtime; install that, or export it with an older "
    "opset and IR version",
}


def is_hdf5(path: Path, content: bytes) -> bool:
    """Return whether a file holds a Keras model as HDF5, by its bytes or its name."""
    return content.startswith(b"\x89HDF") or path.suffix.lower() in (".h5", ".hdf5")


def check_kind(path: Path, content: bytes) -> None:
    """Check that a file is not one of those that are often taken for a model file.

    Raises:
        ModelError: It is.
    """
    if is_hdf5(path, content):
        raise ModelError(
            f"{path}: a Keras model in HDF5, {CONVERTED}; where it was trained, "
            "convert it with tf.lite.TFLiteConverter.from_keras_model"
        )
    if path.suffix.lower() == ".keras":
        raise ModelError(
            f"{path}: a Keras model, {CONVERTED}; make one with `python -m convert`, "
            "or for Keras 2 with tf.lite.TFLiteConverter.from_keras_model"
        )
    if b"edgetpu-custom-op" in content:  # the name of its only operator
        raise ModelError(
            f"{path}: compiled for an Edge TPU, which nothing here executes; take the "
            ".tflite file that it was compiled from"
        )


def reason(error: Exception, runtime: str) -> str:
    """Return why a runtime refuses a file, as far as its message tells, in one line."""
    text = " ".join(str(error).split())
    for part, why in _REASONS.items():
        if part in text.lower():
            return f"{why} ({text})"
    return (
        f"damaged, or no model that {runtime} runs on one input and on several ({text})"
    )
