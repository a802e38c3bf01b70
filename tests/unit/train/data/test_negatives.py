import zipfile

import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

import numpy as np

from edge_app.common.errors import DataError
from train.data import mnist, negatives, omniglot, variants
from train.data.mnist import Split

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


@pytest.fixture(scope="module")
def digits(mnist_dir):
    whole = mnist.load(mnist_dir, "train")
    return Split(whole.images[:3000], whole.labels[:3000])


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


def test_made_negatives_repeat_and_vary(digits):
    made = negatives.made(digits, count=200, seed=1)
    np.testing.assert_array_equal(made, negatives.made(digits, count=200, seed=1))
    assert len(made) > 190
    assert len(np.unique(made, axis=0)) > 180


def test_look_alikes_are_left_out(digits):
    others = Split(digits.images[1500:], digits.labels[1500:])
    made = negatives.made(digits, count=300, seed=2)
    kept_digits = negatives.without_look_alikes(digits.images[:1500], others, share=0.8)
    kept_made = negatives.without_look_alikes(made, others, share=0.8)
    assert len(kept_digits) < 0.4 * 1500
    assert len(kept_made) > 0.7 * len(made)


def test_european_ones_and_sevens(digits):
    varied = variants.european(digits, share=0.5, seed=1)
    assert set(varied.labels) == {1, 7}
    plain = digits.images[digits.labels == 1]
    flagged = varied.images[varied.labels == 1]
    # A flag needs width.
    assert np.mean(width(flagged)) > np.mean(width(plain)) + 1
    assert varied.images.shape[1:] == (28, 28)


def width(images):
    columns = images.max(axis=1) > 100
    return columns.sum(axis=1)


def test_long_legs_below_small_heads(digits):
    varied = variants.long_legged(digits, share=0.5, seed=1)
    legged = np.isin(digits.labels, (4, 7, 9))
    assert len(varied) == round(0.5 * legged.sum())
    assert set(varied.labels) == {4, 7, 9}

    # Drawn out and fitted into the same box, they are narrower.
    def width(images):
        return (images.max(axis=1) > 100).sum(axis=1).mean()

    assert width(varied.images) < 0.85 * width(digits.images[legged])
