import numpy as np
import pytest
from needed import need

need("sklearn", reason="the group train")

from edge_app.find.candidate import Candidate
from edge_app.find.touching import Proposal, Splitting
from edge_app.find.verdict import Verdict
from train.page.crops.pool import Rendered
from train.page.verdicts.seen import Seen
from train.page.verdicts.splitting import splitting_of

# Scikit-learn takes two seconds to import: in one process.
pytestmark = pytest.mark.xdist_group("sklearn")

VERDICT = Verdict(accept=0.5)


def candidate(box_xywh, label, confidence):
    scores = np.full(18, 0.02, np.float32)
    scores[label] = confidence
    class_scores = np.zeros(10, np.float32)
    class_scores[label] = confidence
    return Candidate(box_xywh, None, scores, class_scores=class_scores)


def scene(boxes, kinds):
    nothing = np.zeros((0, 0), np.uint8)
    return Rendered(
        nothing,
        nothing,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(kinds, np.int64),
        np.zeros((0, 4), np.float32),
    )


def pair(is_two, confidence):
    """Return a region that may be one digit or two, whose pieces are sure if it is."""
    whole, halves = (0, 0, 40, 40), [(0, 0, 20, 40), (20, 0, 20, 40)]
    truth = scene(halves, [3, 5]) if is_two else scene([whole], [8])
    pieces = [
        candidate(box, label, confidence)
        for box, label in zip(halves, (3, 5), strict=True)
    ]
    return Seen(
        [candidate(whole, 8, 1.05 - confidence)], [Proposal([0], pieces)], truth
    )


def test_pieces_are_taken_where_they_are_right():
    shown = [pair(True, 0.9), pair(True, 0.8), pair(False, 0.1), pair(False, 0.3)]
    fitted = splitting_of(shown * 5, VERDICT)
    sure, unsure = (np.array([odds, -odds, odds, -odds, 0, 0]) for odds in (3.0, -3.0))
    assert fitted.prefers(sure)
    assert not fitted.prefers(unsure)


def test_nothing_to_learn_from_leaves_the_defaults():
    assert splitting_of([], VERDICT) == Splitting()
    assert splitting_of([pair(True, 0.9)], VERDICT) == Splitting()
