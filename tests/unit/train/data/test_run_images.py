import numpy as np
import pytest

from edge_app.common.errors import DataError
from train.data import run_images
from train.data.mnist import Split
from train.data.run_images import RunImages


@pytest.fixture
def images():
    def part(first):
        pixels = np.arange(first, first + 3 * 28 * 28) % 256
        labels = np.array([first, first + 1, 10], np.uint8)
        return Split(pixels.reshape(3, 28, 28).astype(np.uint8), labels)

    return RunImages(part(0), part(1), part(2), part(3), "digits of four hands")


@pytest.mark.parametrize("name", ["images.npz", "images", "images.v2"])
def test_what_is_written_is_read(images, tmp_path, name):
    path = tmp_path / "new" / name
    run_images.write(path, images)
    assert list(path.parent.iterdir()) == [path]
    found = run_images.read(path)
    assert found.description == "digits of four hands"
    for part in ("training", "validation", "held_mnist", "test"):
        np.testing.assert_array_equal(
            getattr(found, part).images, getattr(images, part).images
        )
        np.testing.assert_array_equal(
            getattr(found, part).labels, getattr(images, part).labels
        )


@pytest.mark.parametrize("content", [None, b"", b"no archive", "another"])
def test_what_is_no_such_file(content, tmp_path):
    path = tmp_path / "images.npz"
    if content == "another":
        np.savez(path, x_train=np.zeros(3))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(
        DataError, match=r"images\.npz: images of `python -m train imag"
    ):
        run_images.read(path)


def test_a_damaged_file(images, tmp_path):
    path = tmp_path / "images.npz"
    run_images.write(path, images)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(DataError, match=r"images\.npz"):
        run_images.read(path)
