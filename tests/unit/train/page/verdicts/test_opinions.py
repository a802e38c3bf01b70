import numpy as np
import pytest
from needed import need

need("scipy", reason="the group train")

from edge_app.find.candidate import Candidate
from edge_app.find.verdict import opinions_of
from edge_app.model.classify import NUM_DIGITS
from train.page.crops.pool import Rendered
from train.page.verdicts.opinions import UNJUDGED, opinions
from train.page.verdicts.seen import Seen

FIRST, SECOND, ELSEWHERE = (0, 0, 20, 40), (30, 0, 20, 40), (100, 0, 20, 40)


def candidate(box_xywh, *, has_ink=True):
    scores = np.linspace(0.1, 0.9, 18).astype(np.float32)
    class_scores = np.full(NUM_DIGITS, 0.1, np.float32) if has_ink else None
    return Candidate(box_xywh, None, scores, class_scores=class_scores)


def seen(*candidates):
    """The candidates of a scene whose digits are a three and a five."""
    nothing = np.zeros((0, 0), np.uint8)
    truth = Rendered(
        nothing,
        nothing,
        np.array([FIRST, SECOND], np.float32),
        np.array([3, 5]),
        np.zeros((0, 4), np.float32),
    )
    return Seen(list(candidates), [], truth)


def test_candidates_of_all_scenes_have_their_labels():
    found = opinions([seen(candidate(FIRST), candidate(ELSEWHERE)), seen(), seen()])
    assert found.labels.tolist() == [3, NUM_DIGITS]
    assert found.num_missed == 1 + 2 + 2
    assert found.page.shape == (2, 18)
    assert found.edge.shape == (2, NUM_DIGITS)


def test_what_no_reader_saw_ink_of_is_not_judged():
    found = opinions([seen(candidate(FIRST, has_ink=False), candidate(SECOND))])
    assert found.labels.tolist() == [UNJUDGED, 5]
    assert found.num_missed == 1


def test_a_scene_weighs_as_the_root_of_what_is_judged_in_it():
    many = [candidate(box) for box in (FIRST, SECOND, ELSEWHERE, ELSEWHERE)]
    found = opinions([seen(*many), seen(candidate(FIRST))])
    assert found.weights == pytest.approx([0.5] * 4 + [1.0])


def test_candidates_are_near_those_of_their_own_scene_alone():
    pair = [candidate(FIRST), candidate(SECOND)]
    near = opinions([seen(*pair), seen(*pair)]).near.toarray()
    assert near[:2, :2] == pytest.approx(opinions_of(pair).near, abs=1e-4)
    assert near[:2, :2].any()
    assert near[2:, 2:] == pytest.approx(near[:2, :2])
    assert not near[:2, 2:].any()
    assert not near[2:, :2].any()


def test_no_scene_gives_no_opinion():
    found = opinions([])
    assert found.page.shape == (0, 18)
    assert found.near.shape == (0, 0)
    assert (len(found.labels), found.num_missed) == (0, 0)
