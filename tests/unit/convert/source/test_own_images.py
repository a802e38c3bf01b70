"""Calibration and test images of one's own."""

import cv2
import numpy as np
import pytest
from needed import need

need("sklearn", reason="converting needs the group train")

from convert.source import own_images as images
from edge_app.common.errors import DataError, ImageError

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")

SHAPE = (8, 6, 3)


def load(path, **more):
    given = {"shape": SHAPE, "num_outputs": 2, **more}
    return images.load(path, **given)


@pytest.fixture
def folder(tmp_path):
    for name, color in (("blue", (255, 0, 0)), ("red", (0, 0, 255))):
        (tmp_path / name).mkdir()
        picture = np.full((16, 12, 3), color, np.uint8)
        cv2.imwrite(str(tmp_path / name / "1.png"), picture)
    (tmp_path / "red" / "notes.txt").write_text("not an image")
    return tmp_path


def test_a_folder(folder):
    found = load(folder)
    assert found.inputs.shape == (2, *SHAPE)
    assert found.names == ("blue", "red")
    assert found.labels.tolist() == [0, 1]
    np.testing.assert_allclose(found.inputs[0, 0, 0], [0, 0, 1])  # RGB
    np.testing.assert_allclose(found.inputs[1, 0, 0], [1, 0, 0])


def test_gray_and_another_range(folder):
    found = load(folder, shape=(8, 6, 1), value_range=(-1, 1))
    assert found.inputs.shape == (2, 8, 6, 1)
    np.testing.assert_allclose(found.inputs[0], 2 * 29 / 255 - 1, atol=1e-6)


def test_npz(tmp_path):
    path = tmp_path / "a.npz"
    gray = np.array([[[0, 255]], [[51, 0]]], np.uint8)
    np.savez(path, images=gray, labels=np.array([1, 0]))
    found = load(path, shape=(1, 2, 1))
    np.testing.assert_allclose(found.inputs.ravel(), [0, 1, 0.2, 0], atol=1e-6)
    floats = np.array([[[[7.0], [-3.0]]]])
    np.savez(path, images=floats, labels=np.array([1]))
    np.testing.assert_array_equal(load(path, shape=(1, 2, 1)).inputs, floats)


def test_what_does_not_fit(tmp_path, folder):
    with pytest.raises(DataError, match="3 sub-folders expected"):
        load(folder, num_outputs=3)
    with pytest.raises(DataError, match="1 or 3 channels"):
        load(folder, shape=(8, 6, 4))
    with pytest.raises(DataError, match=r"a folder of images or an \.npz file"):
        load(tmp_path / "nothing")
    (folder / "red" / "2.png").write_bytes(b"broken")
    with pytest.raises(ImageError, match=r"2\.png"):
        load(folder)


@pytest.mark.parametrize(
    ("arrays", "what"),
    [
        ({"x": np.zeros(1)}, "arrays images and labels"),
        ({"images": np.zeros((2, 8, 6, 3)), "labels": np.zeros(2)}, "whole-number"),
        ({"images": np.zeros((2, 8, 6, 3)), "labels": np.arange(3)}, "2 whole-number"),
        ({"images": np.zeros((2, 8, 6, 1)), "labels": np.arange(2)}, "images"),
        ({"images": np.zeros((2, 8, 6, 3), int), "labels": np.arange(2)}, "uint8 or"),
        ({"images": np.zeros((2, 8, 6, 3)), "labels": np.array([0, 2])}, "0 to 1"),
        ({"images": np.zeros((0, 8, 6, 3)), "labels": np.arange(0)}, "no image"),
    ],
)
def test_unfit_arrays(tmp_path, arrays, what):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=what):
        load(tmp_path / "a.npz")


def test_no_pickles(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.array([{}], object), labels=np.arange(1))
    with pytest.raises(DataError, match=r"not an \.npz file"):
        load(tmp_path / "a.npz")
