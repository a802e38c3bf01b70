import numpy as np
import pytest
from written import write_idx

from edge_app.common.errors import DataError
from train.data import mnist_files


@pytest.mark.parametrize("keep", [3, 10, 20])
def test_uncompressed_files_cut_short(tmp_path, keep):
    header = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28])
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes((header + bytes(784))[:keep])
    with pytest.raises(DataError, match=r"cut short|not an IDX|784 bytes"):
        mnist_files.read_idx(path)


def test_a_file_has_the_shape_that_its_header_says(tmp_path):
    stored = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    path = tmp_path / "three.gz"
    write_idx(path, stored)
    np.testing.assert_array_equal(mnist_files.read_idx(path), stored)


def test_files_may_lie_there_gzipped_or_not(tmp_path):
    plain, packed = tmp_path / "t10k", tmp_path / "t10k.gz"
    plain.touch()
    assert mnist_files.find_file(tmp_path, "t10k.gz") == plain
    packed.touch()
    assert mnist_files.find_file(tmp_path, "t10k.gz") == packed
    with pytest.raises(DataError, match=r"train\.gz: not found; --data must name"):
        mnist_files.find_file(tmp_path, "train.gz")


def test_arrays_come_in_the_order_that_is_asked_for(tmp_path):
    path = tmp_path / "two.npz"
    one, two = np.array([1], np.uint8), np.array([2], np.uint8)
    np.savez(path, one=one, two=two)
    assert mnist_files.read_npz(path, ("two", "one")) == [two, one]
    with pytest.raises(DataError, match=r"one, three expected.*three not there"):
        mnist_files.read_npz(path, ("one", "three"))
