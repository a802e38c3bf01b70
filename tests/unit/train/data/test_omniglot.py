import zipfile

import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

import numpy as np

from edge_app.common.errors import DataError
from train.data import omniglot

# With the other tests of images: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_omniglot_without_look_alikes(unknowns_dir):
    letters = omniglot.characters(unknowns_dir, ["Latin"])
    # 26 letters of 20 drawings, less the look-alikes.
    alike = sum(name.startswith("Latin/") for name in omniglot.LOOK_ALIKE_CHARACTERS)
    assert letters.shape == (20 * (26 - alike), 28, 28)
    assert letters.dtype == np.uint8
    assert (letters.max(axis=(1, 2)) > 200).all()
    assert letters.mean() < 60  # ink is bright on black


def test_alphabets_are_used_once():
    parts = (
        omniglot.TRAINING_ALPHABETS,
        omniglot.VALIDATION_ALPHABETS,
        omniglot.TEST_ALPHABETS,
    )
    names = [name for part in parts for name in part]
    assert len(names) == len(set(names)) == 8


def test_no_archive(tmp_path):
    with pytest.raises(DataError, match=r"images_background_small1\.zip"):
        omniglot.characters(tmp_path, ["Latin"])


def test_damaged_archive(tmp_path):
    (tmp_path / "images_background_small1.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="cannot be read"):
        omniglot.characters(tmp_path, ["Latin"])


def test_unknown_alphabet(unknowns_dir):
    with pytest.raises(DataError, match="no drawing of Klingon"):
        omniglot.characters(unknowns_dir, ["Klingon"])


def test_torn_drawing(tmp_path):
    for part in ("small1", "small2"):
        path = tmp_path / f"images_background_{part}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x/Latin/character01/a.png", b"no image")
    with pytest.raises(DataError, match="cannot be read"):
        omniglot.characters(tmp_path, ["Latin"])
