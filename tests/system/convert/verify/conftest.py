import numpy as np
import pytest


@pytest.fixture(scope="module")
def reference():
    """Random pictures, labeled with what the float32 model sees in them."""
    from convert.verify.reference import KerasReference
    from edge_app.model import classify, runtime

    inputs = np.random.default_rng(0).random((600, 28, 28, 1), np.float32)
    inputs[0], inputs[1] = 0, 1
    path = classify.MODELS / "report-float32.tflite"
    scores = runtime.load(path, path.read_bytes(), runtime="litert")(inputs)
    return KerasReference(inputs, scores.argmax(axis=1), scores, num_classes=10)
