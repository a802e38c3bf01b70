"""What the classifier says of candidates."""

import cv2
import numpy as np
import pytest

from edge_app.find.candidate import Candidate
from edge_app.find.second_reader import SecondReader
from edge_app.model import classify
from edge_app.model.normalize import normalize

pytestmark = pytest.mark.device


@pytest.fixture(scope="module")
def second():
    return SecondReader(classify.load())


def written(label):
    """A digit's ink as a candidate."""
    page = np.zeros((100, 100), np.uint8)
    cv2.putText(page, str(label), (30, 70), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 5)
    x, y, w, h = cv2.boundingRect(page)
    return Candidate((x, y, w, h), page[y : y + h, x : x + w])


def test_what_has_ink_is_read_and_keeps_its_place(second):
    inkless = Candidate((0, 0, 5, 5), None, reject="letter")
    candidates = [written(3), inkless, written(7), written(0)]
    seen = second(candidates)
    assert seen[1] is inkless
    assert [one.box_xywh for one in seen] == [one.box_xywh for one in candidates]
    read = [seen[0], *seen[2:]]
    assert [int(one.class_scores.argmax()) for one in read] == [3, 7, 0]


def test_the_image_is_what_the_classifier_saw(second):
    candidate = written(2)
    (seen,) = second([candidate])
    assert np.array_equal(seen.image, normalize(candidate.ink))
    assert seen.class_scores.shape == (10,)
    assert seen.class_scores.sum() <= 1 + 1e-6
    assert candidate.class_scores is None


@pytest.mark.parametrize("candidates", [[], [Candidate((0, 0, 5, 5), None)]])
def test_where_there_is_no_ink_nothing_is_read(second, candidates):
    assert second(candidates) == candidates
