import shutil

import numpy as np
import pytest
from written import write_idx

from benchmarks.common import test_digits
from edge_app.common.errors import DataError, ModelError
from edge_app.model import classify, manifest


def test_mnist_s_test_images_are_read_and_no_others(tmp_path):
    images = np.arange(3 * 784).reshape(3, 28, 28) % 256
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", images)
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", np.array([7, 2, 1]))
    found = test_digits.test_images(tmp_path)
    assert found.labels.tolist() == [7, 2, 1]
    np.testing.assert_array_equal(found.images, images)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="t10k-labels"):
        test_digits.test_images(tmp_path)


def test_all_shipped_classifiers_are_loaded_where_none_is_named():
    found = test_digits.classifiers(None)
    entries = manifest.read(classify.MODELS)
    assert {"edge-int8.tflite", "report-int8.tflite"} <= set(found)
    assert all(entries[name].is_classifier for name in found)


def test_a_shipped_model_goes_by_its_name_and_another_one_by_its_path(tmp_path):
    path = tmp_path / "theirs.tflite"
    shutil.copy(classify.MODELS / "edge-int8.tflite", path)
    found = test_digits.classifiers(["edge-int8.tflite", str(path)])
    assert list(found) == ["edge-int8.tflite", str(path)]
    shipped, same = found.values()
    inputs = np.zeros((1, 28, 28, 1), np.float32)
    np.testing.assert_array_equal(same.scores(inputs), shipped.scores(inputs))


def test_a_model_that_there_is_not():
    with pytest.raises(ModelError, match=r"nobody\.tflite: no such model file"):
        test_digits.classifiers(["nobody.tflite"])
