import numpy as np
import pytest

from benchmarks.models.beyond_mnist import unknowns
from edge_app.common.errors import DataError
from edge_app.model.classify import Classifier
from train.data.mnist import Split
from train.report.reliability import KEPT_SHARE


class Bright:
    """A network that is the surer of a zero, the brighter an image is."""

    input_shape, num_outputs, runtime = (28, 28, 1), 10, "none"

    def __call__(self, inputs):
        sure = inputs[:, 14, 14, 0]
        return np.stack([sure, *[(1 - sure) / 9] * 9], axis=1)


def grays(*levels):
    images = np.array(levels, np.uint8).reshape(-1, 1, 1) * np.ones((28, 28), np.uint8)
    images[:, 0, :2] = 0, 255  # no contrast is stretched
    return images


def test_what_is_accepted_where_so_many_digits_are_kept():
    levels = np.arange(56, 256)  # all are taken for a zero
    test = Split(grays(*levels), np.zeros(200, np.uint8))
    characters = {"A": grays(30, 54, 60, 100), "B": grays(250)}
    model = Classifier(Bright(), accept_threshold=0.8)
    a, b, every = unknowns.measure({"bright": model}, test, characters)
    assert [row["alphabet"] for row in (a, b, every)] == ["A", "B", "all"]
    assert [row["characters"] for row in (a, b, every)] == [4, 1, 5]
    for row in (a, b, every):
        assert row["model"] == "bright"
        assert row["digits_kept"] == KEPT_SHARE
        assert 56 / 255 < row["threshold"] <= 57 / 255
        assert row["own_threshold"] == 0.8
        assert row["own_digits_kept"] == (levels >= 204).mean()
    assert [row["accepted"] for row in (a, b, every)] == [0.5, 1, 0.6]
    assert [row["own_accepted"] for row in (a, b, every)] == [0, 1, 0.2]


def test_archives_that_are_not_there(tmp_path):
    pytest.importorskip("PIL", reason="archives are read with the group train")
    with pytest.raises(DataError, match=str(tmp_path)):
        unknowns.characters(tmp_path, ["Tagalog"])


def test_characters_come_by_alphabet_as_the_app_sees_them(unknowns_dir):
    pytest.importorskip("PIL", reason="archives are read with the group train")
    found = unknowns.characters(unknowns_dir, ["Tagalog"])
    assert list(found) == ["Tagalog"]
    images = found["Tagalog"]
    assert images.shape[1:] == (28, 28)
    assert len(images) > 100
    assert (images.max(axis=(1, 2)) > 200).all()  # ink is bright
    assert np.median(images) == 0
