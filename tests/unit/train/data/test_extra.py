import cv2
import numpy as np
import pytest

from edge_app.common.errors import DataError
from train.data import extra


def keep(folder, label, name, size=28):
    (folder / label).mkdir(exist_ok=True)
    image = np.full((size, size), 7, np.uint8)
    assert cv2.imwrite(str(folder / label / name), image)


def test_images_are_labeled_by_their_folder(tmp_path):
    keep(tmp_path, "3", "a.28x28.png")
    keep(tmp_path, "3", "a.png", size=90)  # for people
    keep(tmp_path, "reject", "b.28x28.png")
    keep(tmp_path, "unsorted", "c.28x28.png")
    found = extra.read(tmp_path, num_outputs=11)
    assert found.labels.tolist() == [3, 10]
    assert found.images.shape == (2, 28, 28)
    assert (found.images == 7).all()


def test_nothing_sorted(tmp_path):
    keep(tmp_path, "unsorted", "c.28x28.png")
    with pytest.raises(DataError, match="sort what edge-digits run"):
        extra.read(tmp_path, num_outputs=11)


def test_rejects_need_an_output(tmp_path):
    keep(tmp_path, "reject", "b.28x28.png")
    with pytest.raises(DataError, match="no output for what is no digit"):
        extra.read(tmp_path, num_outputs=10)


def test_other_sizes_are_refused(tmp_path):
    keep(tmp_path, "3", "a.28x28.png", size=30)
    with pytest.raises(DataError, match="28x28 pixels expected"):
        extra.read(tmp_path, num_outputs=10)
