from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge_app import find
from edge_app.find import touching
from edge_app.find.candidate import Candidate
from edge_app.find.page.decode import Maps
from edge_app.find.page.ink import View
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


def test_a_one_in_the_leg_of_a_nine_is_part_of_it():
    frame = np.full((200, 160, 3), 235, np.uint8)
    cv2.ellipse(frame, (80, 60), (16, 18), 0, 0, 360, (60, 40, 40), 5)
    cv2.line(frame, (96, 55), (76, 160), (60, 40, 40), 5)
    look = View(
        np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8),
        Maps(
            np.zeros((50, 40, 18), np.uint8),
            np.zeros((50, 40, 4), np.float32),
            np.full((50, 40, 16), 0, np.uint8),
        ),
        1.0,
        (0, 0),
    )
    look.maps.ink[10:41, 14:26] = (frame[40:164, 56:104, 0] < 150).reshape(
        31, 4, 12, 4
    ).swapaxes(1, 2).reshape(31, 12, 16) * np.uint8(255)

    def seen(box_xywh, label):
        scores = np.full(18, 0.02, np.float32)
        scores[label] = 0.9
        class_scores = np.eye(10, dtype=np.float32)[label]
        ink, _ = look.ink(box_xywh)
        return Candidate(
            box_xywh, ink, scores, view=look, class_scores=class_scores
        )  # fmt: skip

    candidates = [seen((62, 38, 38, 62), 9), seen((72, 98, 18, 62), 1)]
    second = SecondReader(classify.load())
    (proposed,) = touching.proposals(candidates, second)
    assert sorted(proposed.members) == [0, 1]
    (piece,) = proposed.pieces
    assert piece.class_scores.argmax() == 9
    assert piece.box_xywh[3] > 110  # loop and leg
    beside = [candidates[0], seen((110, 98, 18, 62), 1)]
    assert touching.proposals(beside, second) == []


def test_nothing_found_is_nothing_to_part(seen, finder):
    _, second = seen
    assert touching.split_touching([], second, finder.verdict, Splitting()) == []


def test_letters_are_not_cut_into_digits(reader):
    found = [scenes.make("no digits: letters", seed) for seed in range(1, 5)]
    assert sum(len(reader.read(scene.frame).digits) for scene in found) <= 2
