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
    members = [index for proposal in proposed for index in proposal.members]
    assert proposed
    assert len(members) == len(set(members))  # nothing is cut twice
    for proposal in proposed:
        lefts = [piece.box_xywh[0] for piece in proposal.pieces]
        assert lefts == sorted(lefts)
        for piece in proposal.pieces:
            assert piece.class_scores is not None  # the second reader saw it
            assert piece.scores.shape == candidates[proposal.members[0]].scores.shape


def test_digits_apart_are_not_proposed(finder):
    second = SecondReader(classify.load())
    candidates = second(finder(scenes.of_digits(12, 1, size_wh=(640, 480)).frame))
    assert len(candidates) >= 12
    assert touching.proposals(candidates, second) == []


def test_what_only_another_look_is_unsure_of_is_not_cut(seen):
    candidates, second = seen
    runs = [proposal.members for proposal in touching.proposals(candidates, second)]
    run = next(run for run in runs if len(run) > 1)
    sure = np.eye(10, dtype=np.float32)[3]
    best, *others = run

    def proposed(*, is_contested):
        changed = list(candidates)
        changed[best] = replace(candidates[best], class_scores=sure)
        for index in others:
            changed[index] = replace(
                candidates[index],
                class_scores=np.full(10, 0.05, np.float32),
                is_contested=is_contested,
            )
        return run in [
            proposal.members for proposal in touching.proposals(changed, second)
        ]

    assert proposed(is_contested=False)
    assert not proposed(is_contested=True)


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
    gone = sum(len(proposal.members) for proposal in proposed)
    assert len(split) == len(candidates) - gone + sum(
        len(proposal.pieces) for proposal in proposed
    )


def nine_and_leg(left=62, *, height=200, cut=False):
    """A nine as a network may see it: its loop, and a one in its leg; and beside it."""
    frame = np.full((height, 160, 3), 235, np.uint8)
    cv2.ellipse(frame, (left + 18, 60), (16, 18), 0, 0, 360, (60, 40, 40), 5)
    cv2.line(frame, (left + 34, 55), (left + 14, 160), (60, 40, 40), 5)
    is_ink = frame[:, :, 0] < 150
    rows, columns = height // 4, 40
    ink = is_ink[: 4 * rows].reshape(rows, 4, columns, 4).swapaxes(1, 2)
    look = View(
        np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8),
        Maps(
            np.zeros((rows, columns, 18), np.uint8),
            np.zeros((rows, columns, 4), np.float32),
            ink.reshape(rows, columns, 16) * np.uint8(255),
        ),
        1.0,
        (0, 0),
    )

    def seen(box_xywh, label):
        scores = np.full(18, 0.02, np.float32)
        scores[label] = 0.9
        class_scores = np.eye(10, dtype=np.float32)[label]
        ink, _ = look.ink(box_xywh)
        return Candidate(
            box_xywh, ink, scores, view=look, class_scores=class_scores, is_cut=cut
        )

    loop, leg = seen((left, 38, 38, 62), 9), seen((left + 10, 98, 18, 62), 1)
    return loop, leg, seen((left + 48, 98, 18, 62), 1)


def test_a_one_in_the_leg_of_a_nine_is_part_of_it():
    loop, leg, beside = nine_and_leg()
    second = SecondReader(classify.load())
    (proposed,) = touching.proposals([loop, leg], second)
    assert sorted(proposed.members) == [0, 1]
    (piece,) = proposed.pieces
    assert piece.class_scores.argmax() == 9
    assert piece.box_xywh[3] > 110  # loop and leg
    assert touching.proposals([loop, beside], second) == []


@pytest.mark.parametrize(
    ("left", "height", "is_cut"),
    [(0, 400, True), (62, 400, False), (0, 200, False)],  # at the border; not; filling
)
def test_pieces_are_cut_off_as_a_whole_digit_is(left, height, is_cut):
    loop, leg, _ = nine_and_leg(left, height=height, cut=True)
    (proposed,) = touching.proposals([loop, leg], SecondReader(classify.load()))
    (piece,) = proposed.pieces
    assert piece.is_cut == is_cut


def test_nothing_found_is_nothing_to_part(seen, finder):
    _, second = seen
    assert touching.split_touching([], second, finder.verdict, Splitting()) == []


def test_letters_are_not_cut_into_digits(reader):
    found = [scenes.make("no digits: letters", seed) for seed in range(1, 5)]
    assert sum(len(reader.read(scene.frame).digits) for scene in found) <= 2
