from dataclasses import replace

import numpy as np
import pytest

from benchmarks.reading import photos, scores
from edge_app import find
from edge_app.find import touching
from edge_app.find.second_reader import SecondReader
from edge_app.find.touching import Proposal, Splitting
from edge_app.model import classify
from train import scenes


@pytest.fixture(scope="module")
def finder():
    return find.load()


@pytest.fixture(scope="module")
def seen(finder):
    """What is seen of a page on which many digits touch, and by whom."""
    second = SecondReader(classify.load())
    return second(finder(scenes.make("touching", 20).frame)), second


def test_touching_digits_are_proposed_in_pieces(seen):
    candidates, second = seen
    proposed = touching.proposals(candidates, second)
    members = [index for each in proposed for index in each.members]
    assert proposed
    assert len(members) == len(set(members))  # nothing is cut twice
    for each in proposed:
        lefts = [piece.box_xywh[0] for piece in each.pieces]
        assert lefts == sorted(lefts)
        for piece in each.pieces:
            assert piece.class_scores is not None  # the second reader saw it
            assert piece.scores.shape == candidates[each.members[0]].scores.shape


def test_digits_apart_are_not_proposed(finder):
    second = SecondReader(classify.load())
    candidates = second(finder(scenes.of_digits(12, 1, size_wh=(640, 480)).frame))
    assert len(candidates) >= 12
    assert touching.proposals(candidates, second) == []


def test_pieces_replace_what_they_are_pieces_of(seen):
    candidates, _ = seen
    pieces = [replace(candidates[0], box_xywh=(0, 0, 5, 5))] * 2
    left = touching.replaced(candidates, [Proposal([0, 2], pieces)])
    assert left == [candidates[1], *candidates[3:], *pieces]


def test_evidence_decides(seen, finder):
    candidates, second = seen
    proposed = touching.proposals(candidates, second)
    said = touching.evidence(candidates, proposed, finder.verdict)
    assert len(said) == len(proposed)
    assert np.isfinite(said).all()
    never, always = Splitting(bias=-1e3), Splitting(bias=1e3)
    assert (
        touching.split_touching(candidates, second, finder.verdict, never) == candidates
    )
    split = touching.split_touching(candidates, second, finder.verdict, always)
    gone = sum(len(each.members) for each in proposed)
    assert len(split) == len(candidates) - gone + sum(
        len(each.pieces) for each in proposed
    )


def test_nothing_found_is_nothing_to_part(seen, finder):
    _, second = seen
    assert touching.split_touching([], second, finder.verdict, Splitting()) == []


def test_letters_are_not_cut_into_digits(reader):
    found = [scenes.make("no digits: letters", seed) for seed in range(1, 5)]
    assert sum(len(reader.read(scene.frame).digits) for scene in found) <= 2


def test_touching_digits_of_scenes_are_read(reader):
    def score(seed):
        scene = scenes.make("touching", seed)
        return photos.score(scene.truth, scores.labeled(reader.read(scene.frame)))

    assert photos.total(score(seed) for seed in range(20, 28)).f1 >= 0.88
