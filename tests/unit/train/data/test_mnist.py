import gzip

import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

import numpy as np
from written import write_idx

from edge_app.common.errors import DataError
from train.data import mnist

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_mnist_is_whole(mnist_dir):
    training, test = mnist.load(mnist_dir, "train"), mnist.load(mnist_dir, "t10k")
    assert training.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    # The counts of http://yann.lecun.com/exdb/mnist/.
    assert np.bincount(training.labels)[[0, 1, 9]].tolist() == [5923, 6742, 5949]


def test_idx_files_need_not_be_gzipped(small_mnist_dir, tmp_path):
    for path in small_mnist_dir.iterdir():
        plain = tmp_path / path.name.removesuffix(".gz")
        plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert len(mnist.load(tmp_path, "train")) == 6000


def test_missing_files(tmp_path):
    with pytest.raises(DataError, match=r"not found; --data must name the folder"):
        mnist.load(tmp_path, "train")


@pytest.mark.parametrize("keep", [0, 2, 7, 10, 100, -1])
def test_files_cut_short(tmp_path, keep):
    images, labels = np.zeros((30, 28, 28)), np.zeros(30)
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", images)
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", labels)
    whole = tmp_path / "train-images-idx3-ubyte.gz"
    whole.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"train-images.*(fetch it again|not an IDX)"):
        mnist.load(tmp_path, "train")


def test_labels_of_another_count(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", np.zeros((30, 28, 28)))
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", np.zeros(29))
    with pytest.raises(DataError, match="30 labels expected"):
        mnist.load(tmp_path, "train")


def test_images_of_another_size(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", np.zeros((3, 32, 32)))
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", np.zeros(3))
    with pytest.raises(DataError, match="28x28 expected"):
        mnist.load(tmp_path, "train")


def test_validation_split_is_stratified_and_seeded():
    labels = np.repeat(np.arange(10, dtype=np.uint8), 100)
    images = np.arange(1000, dtype=np.uint16).astype(np.uint8)
    split = mnist.Split(np.broadcast_to(images[:, None, None], (1000, 28, 28)), labels)
    training, validation = mnist.split(split, count=200, seed=1)
    assert np.bincount(validation.labels).tolist() == [20] * 10
    assert len(training) == 800
    again, _ = mnist.split(split, count=200, seed=1)
    np.testing.assert_array_equal(training.images, again.images)
    other, _ = mnist.split(split, count=200, seed=2)
    assert (training.images != other.images).any()


@pytest.mark.parametrize("count", [0, 9, 91, 100])
def test_split_that_cannot_hold_every_digit(count):
    labels = np.repeat(np.arange(10, dtype=np.uint8), 10)
    whole = mnist.Split(np.zeros((100, 28, 28), np.uint8), labels)
    with pytest.raises(DataError, match="10 to 90 expected"):
        mnist.split(whole, count=count, seed=1)


def by_writers(num_writers, size=40):
    """As many images of each, every digit in turn."""
    labels = np.tile(np.arange(10, dtype=np.uint8), num_writers * size // 10)
    writers = np.repeat(100 + np.arange(num_writers), size)
    return mnist.Split(np.zeros((len(labels), 28, 28), np.uint8), labels), writers


def test_split_by_writer():
    whole, writers = by_writers(20)
    numbered = mnist.Split(np.zeros((800, 28, 28), np.uint8), whole.labels)
    numbered.images[:, 0, 0] = writers
    parts = mnist.split_by_writer(numbered, writers, count=100, seed=1)
    training, validation = parts
    assert (len(training), len(validation)) == (680, 120)  # three whole writers
    theirs = [set(np.unique(part.images[:, 0, 0])) for part in parts]
    assert not theirs[0] & theirs[1]
    again = mnist.split_by_writer(numbered, writers, count=100, seed=1)
    np.testing.assert_array_equal(again[1].images, validation.images)


def test_writers_of_other_images():
    whole, writers = by_writers(3)
    with pytest.raises(DataError, match="writers of 120 images expected, got 119"):
        mnist.split_by_writer(whole, writers[1:], count=40, seed=1)


@pytest.mark.parametrize("count", [81, 120])
def test_too_few_writers(count):
    with pytest.raises(DataError, match="cannot be held out"):
        mnist.split_by_writer(*by_writers(3), count=count, seed=1)


def write_table(folder, content):
    path = folder / "qmnist-train-labels.tsv.gz"
    path.write_bytes(gzip.compress(content.encode()))


def test_writers_beside_mnist(tmp_path):
    assert mnist.writers(None) is None
    assert mnist.writers(tmp_path) is None
    write_table(tmp_path, "5\t4\t2154\t59\t35\t0\t0\t0\n0\t0\t7\t0\t30\t0\t0\t0\n")
    assert mnist.writers(tmp_path).tolist() == [2154, 7]


@pytest.mark.parametrize("content", ["5\t4\n", "a\tb\tc\n"])
def test_damaged_table_of_writers(content, tmp_path):
    write_table(tmp_path, content)
    with pytest.raises(DataError, match="qmnist-train-labels"):
        mnist.writers(tmp_path)


def test_mnists_writers(mnist_dir):
    training = mnist.load(mnist_dir, "train")
    writers = mnist.writers(mnist_dir)
    assert len(writers) == len(training)
    # The table's first column has the labels: the rows are in MNIST's order.
    text = gzip.decompress((mnist_dir / "qmnist-train-labels.tsv.gz").read_bytes())
    labels = [int(row[0]) for row in text.decode().splitlines()]
    np.testing.assert_array_equal(labels, training.labels)


def npz(path, **changed):
    arrays = {
        "x_train": np.zeros((50, 28, 28), np.uint8),
        "y_train": np.repeat(np.arange(10, dtype=np.uint8), 5),
        "x_test": np.ones((20, 28, 28), np.uint8),
        "y_test": np.repeat(np.arange(10, dtype=np.uint8), 2),
    }
    arrays |= changed
    np.savez_compressed(path, **{k: v for k, v in arrays.items() if v is not None})
    return path


def test_npz_file_as_keras_has_it(tmp_path):
    path = npz(tmp_path / "mnist.npz")
    training, test = mnist.load(path, "train"), mnist.load(path, "t10k")
    assert (len(training), len(test)) == (50, 20)
    assert test.images.min() == 1
    assert np.bincount(test.labels).tolist() == [2] * 10


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x_train": None}, "x_train not there"),
        ({"y_train": np.zeros(50, np.int64)}, "y_train of uint8 expected, got int64"),
        ({"x_train": np.zeros((50, 784), np.uint8)}, "x_train: images of 28x28"),
        ({"y_train": np.zeros(49, np.uint8)}, "y_train: 50 labels expected"),
        ({"y_train": np.full(50, 10, np.uint8)}, "labels 0 to 9 expected, got 10"),
        ({"x_train": np.array([{}])}, "not an NPZ file that can be read"),
    ],
)
def test_npz_file_of_another_layout(tmp_path, changed, message):
    with pytest.raises(DataError, match=message):
        mnist.load(npz(tmp_path / "mnist.npz", **changed), "train")


@pytest.mark.parametrize("keep", [0, 3, 500, -30])
def test_npz_file_cut_short(tmp_path, keep):
    path = npz(tmp_path / "mnist.npz")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="not an NPZ file that can be read"):
        mnist.load(path, "train")


def test_npz_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        mnist.load(tmp_path / "mnist.npz", "train")


def test_standard_split_is_mnists_own(tmp_path):
    training, test = mnist.load_both(npz(tmp_path / "m.npz"), "standard", seed=1)
    assert (len(training), len(test)) == (50, 20)


def test_pooled_split_of_80_and_20_percent(mnist_dir):
    training, test = mnist.load_both(mnist_dir, "stratified80", seed=1)
    assert (len(training), len(test)) == (56_000, 14_000)
    whole = np.bincount(training.labels) + np.bincount(test.labels)
    np.testing.assert_allclose(np.bincount(test.labels), whole * 0.2, atol=1)
    _, other = mnist.load_both(mnist_dir, "stratified80", seed=2)
    assert (test.images != other.images).any()


def test_unknown_split(tmp_path):
    with pytest.raises(ValueError, match="one of standard, stratified80"):
        mnist.load_both(tmp_path, "other", seed=1)
