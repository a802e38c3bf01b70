import numpy as np
import pytest
from needed import need

need("onnx", reason="converting needs the group train")

from convert.verify.reference import KerasReference


def reference(scores, labels, num_classes):
    return KerasReference(
        inputs=np.zeros((len(labels), 28, 28, 1), np.float32),
        labels=np.array(labels),
        scores=np.array(scores, np.float32),
        num_classes=num_classes,
    )


def test_the_accuracy_is_the_share_that_keras_reads_rightly():
    scores = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]
    assert reference(scores, [0, 1, 1, 1], 2).accuracy == 0.75


def test_what_is_no_class_never_is_the_label():
    """As the output for what is no digit, which may be the highest."""
    rejected = reference([[0.1, 0.3, 0.6], [0.2, 0.1, 0.7]], [1, 0], num_classes=2)
    assert rejected.read(rejected.scores).tolist() == [1, 0]
    assert rejected.accuracy == 1


def test_a_converted_file_is_read_in_the_same_way():
    known = reference([[0.9, 0.1, 0.0]], [0], num_classes=2)
    found = known.read(np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2]], np.float32))
    assert found.tolist() == [1, 0]  # the first of several that are as high


@pytest.mark.parametrize("name", ["scores", "num_layers"])
def test_a_reference_stays_as_it_is(name):
    with pytest.raises(AttributeError):
        setattr(reference([[1.0, 0.0]], [0], 2), name, None)
