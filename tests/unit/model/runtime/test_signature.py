"""What is taken from a model file's shapes."""

import numpy as np
import pytest

from edge_app.common.errors import ModelError
from edge_app.model.runtime import signature

pytestmark = pytest.mark.device


def test_a_model_of_one_picture_is_asked_for():
    signature.check_takes_one_picture(["image"])
    for names, what in ((["a", "b"], r"2 inputs \(a, b\)"), ([], "0 inputs")):
        with pytest.raises(ModelError, match=f"takes {what}.*one picture expected"):
            signature.check_takes_one_picture(names)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ([1, 28, 28, 1], True),
        (["N", 28, 28], True),
        ([-1, 784], True),
        ([None, 28, 28, 1], True),
        ([8, 28, 28, 1], True),
        (np.array([1, 784], np.int32), True),  # as TFLite gives it
        ([28, 28], False),
        ([28, 28, 1], False),
        (np.array([784], np.int32), False),
    ],
)
def test_whether_a_shape_begins_with_the_number_of_pictures(shape, expected):
    assert bool(signature.has_batch(shape)) is expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [([1, 10], 10), (["N", 11], 11), ([None, 1, 5, 2], 10), ([10], 10)],
)
def test_scores_are_counted_without_the_batch(shape, expected):
    assert signature.count_outputs(shape) == expected


@pytest.mark.parametrize("size", ["M", None, -1, 0])
def test_how_many_scores_there_are_may_not_be_left_open(size):
    with pytest.raises(ModelError, match=r"no fixed number of scores, but \[1, "):
        signature.count_outputs([1, size])


def test_the_output_with_a_score_a_digit_is_taken():
    assert signature.with_digits([[1, 64], ["N", 10], [1, 10]]) == 1
    assert signature.with_digits([[1, 11], [1, 64]]) == 0
    assert signature.with_digits([[10, 64], np.array([1, 10])]) == 1


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_the_last_of_the_batches_is_filled_up(count):
    sizes = []

    def model(batch):
        sizes.append(len(batch))
        return batch.reshape(len(batch), -1).sum(axis=1, keepdims=True)

    inputs = np.arange(count * 4, dtype=np.float32).reshape(count, 2, 2)
    scores = signature.in_batches(model, inputs, 4)
    np.testing.assert_array_equal(scores[:, 0], inputs.sum(axis=(1, 2)))
    assert sizes == [4] * -(-count // 4)
