import json

import cv2
import numpy as np
import pytest
from needed import need

need("sklearn", reason="the digits come with scikit-learn")

from benchmarks.__main__ import main
from benchmarks.models import collection
from edge_app.common.errors import DataError
from edge_app.model.classify import Classification

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")


def test_digits_of_scikit_learn(capsys):
    assert main(["collection", "--models", "edge-int8", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["digits"] == 1797
    assert row["accuracy_of_accepted"] > row["accuracy"]


@pytest.fixture
def pictures(tmp_path):
    """A seven and a one, dark on light and light on dark."""
    for label, points in ((7, [(10, 8), (50, 8), (25, 80)]), (1, [(30, 5), (30, 80)])):
        (tmp_path / str(label)).mkdir()
        for ground, ink in ((230, 30), (20, 200)):
            picture = np.full((90, 60, 3), ground, np.uint8)
            stroke = np.array(points, np.int32)
            cv2.polylines(picture, [stroke], False, (ink, ink, ink), 6, cv2.LINE_AA)
            cv2.imwrite(str(tmp_path / str(label) / f"{ground}.png"), picture)
    return tmp_path


def test_pictures_in_folders(pictures, capsys):
    digits = collection.folder(pictures)
    assert list(digits.labels) == [1, 1, 7, 7]
    assert (digits.images.max(axis=(1, 2)) > 200).all()
    assert digits.images[:, 0].max() == 0  # the ground is no ink
    options = ["--models", "edge-int8", "--json"]
    assert main(["collection", str(pictures), *options]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["accuracy"] == 1


def test_no_pictures(tmp_path):
    with pytest.raises(DataError, match="sub-folders 0 to 9"):
        collection.folder(tmp_path)


def test_a_model_that_accepts_nothing_has_no_accuracy_of_it(pictures):
    def refuses(inputs):
        return [Classification(7, 0.4, accepted=False)] * len(inputs)

    (row,) = collection.measure({"none": refuses}, collection.folder(pictures))
    assert (row["accuracy"], row["accepted"]) == (0.5, 0)
    assert row["accuracy_of_accepted"] is None
