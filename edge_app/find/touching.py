"""Digits that touch: read in pieces where these read better than what was found.

Where digits touch or overlap, the page network sees two as one, or each with strokes of
the other. Their ink is cut in all places where two digits may meet, and the second
reader says which pieces are digits: segmentation by recognition (LeCun et al.,
Gradient-Based Learning Applied to Document Recognition, 1998, section V).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.find import cuts
from edge_app.find.candidate import Candidate
from edge_app.find.page import looking
from edge_app.find.verdict import Verdict, log_odds, second_scores
from edge_app.model.classify import NUM_DIGITS

ReadCandidates = Callable[[Sequence[Candidate]], list[Candidate]]


@dataclass(frozen=True)
class TouchingConstants:
    """Limits by which candidates may be several digits, or parts of one.

    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        sure_share: Second reader's confidence beyond which nothing is gained by
            cutting.
        least_height_px: What is lower has no pieces.
        gap_of_height: Between the boxes of two digits that touch, of the larger height.
        beside_of_height: What they share of their heights, of the smaller one.
        same_overlap: Intersection over union: a piece is what the network saw there.
        most_runs: Of a frame: pages of texture are not worth the time.
    """

    sure_share: float = 0.95
    least_height_px: int = 9
    gap_of_height: float = 0.03
    beside_of_height: float = 0.5
    same_overlap: float = 0.55
    most_runs: int = 60


TOUCHING = TouchingConstants()


@dataclass(frozen=True)
class Splitting:
    """Weights by which pieces are believed rather than the candidates they replace.

    A logistic regression on mean log odds, fitted on validation scenes by
    `python -m train --arch page` and kept in the manifest.

    Attributes:
        pieces: Weight of the second reader's of the pieces.
        members: Weight of the second reader's of the candidates.
        after: Weight of both readers' of the pieces, in their surroundings.
        before: Weight of both readers' of the candidates.
        ones: Weight of the share of ones among the pieces, which any stroke may be.
        joined: Weight of that the candidates become one digit, a leg and what is on it.
        bias: Added to them.
    """

    pieces: float = 0.4
    members: float = -0.1
    after: float = 0.8
    before: float = -0.4
    ones: float = -2.6
    joined: float = 0.0
    bias: float = -1.5

    def prefers(self, evidence: "Evidence") -> bool:
        """Return whether pieces replace the candidates."""
        weights = (
            self.pieces, self.members, self.after, self.before, self.ones, self.joined
        )  # fmt: skip
        return float(np.dot(weights, evidence)) + self.bias > 0


Evidence = NDArray[np.float64]  # (6,) what `Splitting` weighs, in its order


@dataclass(frozen=True)
class Proposal:
    """Pieces that may replace candidates.

    Attributes:
        members: Indexes of the candidates.
        pieces: From left to right, seen by the second reader; one, where the candidates
            are parts of a digit.
    """

    members: list[int]
    pieces: list[Candidate]


def split_touching(
    candidates: Sequence[Candidate],
    second: ReadCandidates,
    verdict: Verdict,
    splitting: Splitting,
) -> list[Candidate]:
    """Return the candidates of a frame, those replaced that are several digits.

    Args:
        candidates: All of a frame, seen by the second reader.
        second: The second reader: fills in what it sees of candidates.
        verdict: How both readers' opinions become one.
        splitting: Decides between candidates and pieces.
    """
    proposed = proposals(candidates, second)
    said = evidence(candidates, proposed, verdict)
    chosen = [
        proposal
        for proposal, weighed in zip(proposed, said, strict=True)
        if splitting.prefers(weighed)
    ]
    return replaced(candidates, chosen)


def replaced(
    candidates: Sequence[Candidate], chosen: Sequence[Proposal]
) -> list[Candidate]:
    """Return candidates with those replaced that proposals name."""
    gone = {index for proposal in chosen for index in proposal.members}
    kept = [
        candidate for index, candidate in enumerate(candidates) if index not in gone
    ]
    return kept + [piece for proposal in chosen for piece in proposal.pieces]


def proposals(
    candidates: Sequence[Candidate], second: ReadCandidates
) -> list[Proposal]:
    """Return what may be pieces or in pieces, and the pieces that read best."""
    legs = _legs(candidates)[: TOUCHING.most_runs]
    in_legs = {index for pair in legs for index in pair}
    runs = [run for run in _runs(candidates) if in_legs.isdisjoint(run)][
        : TOUCHING.most_runs
    ]
    cut = [_pieces([candidates[index] for index in run]) for run in runs]
    for upper, lower in legs:
        whole = _pieces([candidates[upper], candidates[lower]])[:1]
        cut.append(whole)
        runs.append([upper, lower])
    seen = iter(second([piece for pieces_of_run in cut for _, piece in pieces_of_run]))
    found = []
    for run, pieces_of_run in zip(runs, cut, strict=True):
        read = [next(seen) for _ in pieces_of_run]
        if not read:
            continue
        scores = np.array([piece.class_scores for piece in read])
        labels, confidences = scores.argmax(axis=1), scores.max(axis=1)
        path = cuts.best(
            [piece for piece, _ in pieces_of_run], labels.tolist(), confidences.tolist()
        )
        if len(path) > 1 or len(run) > 1:
            members = [candidates[index] for index in run]
            pieces = _as_seen_by_network([read[i] for i in path], members)
            found.append(Proposal(run, pieces))
    return found


def evidence(
    candidates: Sequence[Candidate], proposed: Sequence[Proposal], verdict: Verdict
) -> list[Evidence]:
    """Return for each proposal what `Splitting` weighs."""
    if not proposed:
        return []
    before = log_odds(verdict.of(candidates).max(axis=1))
    every = replaced(candidates, proposed)
    after = log_odds(verdict.of(every).max(axis=1))
    of_second = log_odds(second_scores(candidates).max(axis=1))
    first = len(every) - sum(len(proposal.pieces) for proposal in proposed)
    said = []
    for proposal in proposed:
        end = first + len(proposal.pieces)
        scores = np.array([piece.class_scores for piece in proposal.pieces])
        said.append(
            np.array(
                [
                    log_odds(scores.max(axis=1)).mean(),
                    of_second[proposal.members].mean(),
                    after[first:end].mean(),
                    before[proposal.members].mean(),
                    (scores.argmax(axis=1) == 1).mean(),
                    len(proposal.pieces) < len(proposal.members),
                ]
            )
        )
        first = end
    return said


def _readable(candidates: Sequence[Candidate]) -> list[int]:
    """Return the indexes of what may be digits and was seen by the second reader."""
    return [
        index
        for index, candidate in enumerate(candidates)
        if candidate.class_scores is not None
        and candidate.reject is None
        and candidate.likelier is None
        and candidate.view
    ]


def _runs(candidates: Sequence[Candidate]) -> list[list[int]]:
    """Return candidates that touch, together wide enough for several digits.

    Where two looks see different things, the one that sees it best decides whether
    anything is unsure.
    """
    inked = _readable(candidates)
    is_contested = np.array([candidates[index].is_contested for index in inked], bool)
    boxes = np.array([candidates[index].box_xywh for index in inked]).reshape(-1, 4)
    confidences = second_scores([candidates[index] for index in inked]).max(axis=1)
    start, end = boxes[:, np.newaxis, :2], boxes[:, np.newaxis, :2] + boxes[:, None, 2:]
    shared = np.minimum(end, boxes[:, :2] + boxes[:, 2:]) - np.maximum(
        start, boxes[:, :2]
    )
    heights = boxes[:, 3]
    larger = np.maximum(heights[:, np.newaxis], heights)
    smaller = np.minimum(heights[:, np.newaxis], heights)
    touch = (shared[..., 0] >= -TOUCHING.gap_of_height * larger) & (
        shared[..., 1] >= TOUCHING.beside_of_height * smaller
    )
    owners = geometry.joined(touch)
    runs = []
    for owner in np.unique(owners):
        (members,) = np.nonzero(owners == owner)
        left, top = boxes[members, :2].min(axis=0)
        right, bottom = (boxes[members, :2] + boxes[members, 2:]).max(axis=0)
        width, height = right - left, bottom - top
        is_wide = height >= TOUCHING.least_height_px and width > cuts.CUTS.wide * height
        decisive = members[~is_contested[members]]
        if not len(decisive):
            decisive = members
        if is_wide and confidences[decisive].min() < TOUCHING.sure_share:
            runs.append([inked[index] for index in members])
    return runs


def _legs(candidates: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Return pairs of a candidate and a one in its leg, as below a seven or a nine."""
    inked = _readable(candidates)
    boxes = np.array([candidates[index].box_xywh for index in inked]).reshape(-1, 4)
    labels = second_scores([candidates[index] for index in inked]).argmax(axis=1)
    (ones,) = np.nonzero(labels == 1)
    x, y, w, h = boxes[ones, :, np.newaxis].swapaxes(0, 1)
    left, top, width, height = boxes.T
    across = np.minimum(x + w, left + width) - np.maximum(x, left)
    level, gap = y + TOUCHING.gap_of_height * h, TOUCHING.gap_of_height * h
    is_leg = (top < y) & (top + height / 2 <= level) & (level <= top + height + 2 * gap)
    is_leg &= across >= TOUCHING.beside_of_height * w
    legs: list[tuple[int, int]] = []
    for one, upper in zip(*np.nonzero(is_leg), strict=True):
        pair = inked[upper], inked[ones[one]]
        if not any(index in other for other in legs for index in pair):
            legs.append(pair)
    return legs


def _pieces(members: Sequence[Candidate]) -> list[tuple[cuts.Piece, Candidate]]:
    """Return what the ink of candidates that touch may be cut into, if anything."""
    view = members[0].view
    assert view is not None
    boxes = np.array([member.box_xywh for member in members])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    ink, (x, y, w, h) = view.ink((left, top, right - left, bottom - top))
    if not ink.any():
        return []
    cut = cuts.pieces(ink)
    if len(cut) == 1 and len(members) == 1:
        return []
    across, down = w / ink.shape[1], h / ink.shape[0]
    is_cut = any(member.is_cut for member in members)
    found = []
    for piece in cut:
        px, py, pw, ph = piece.box_xywh
        box_xywh = (
            round(x + px * across),
            round(y + py * down),
            max(1, round(pw * across)),
            max(1, round(ph * down)),
        )
        at_border = geometry.reaches_border(box_xywh, view.picture_wh)
        candidate = Candidate(
            box_xywh,
            piece.ink,
            is_cut=is_cut
            and at_border
            and not looking.fills_picture(box_xywh, view.picture_wh),
            picture_height=view.picture_wh[1],
            view=view,
        )
        found.append((piece, candidate))
    return found


def _as_seen_by_network(
    pieces: Sequence[Candidate], members: Sequence[Candidate]
) -> list[Candidate]:
    """Return pieces with the network's scores of what they are pieces of.

    It sees digits there; which ones it says only of pieces that it saw by themselves.
    """
    scores = np.array([member.scores for member in members])
    digits = scores[:, :NUM_DIGITS].max(axis=1)
    any_digit = scores[digits.argmax()].copy()
    any_digit[:NUM_DIGITS] = digits.max()
    seen = []
    for piece in pieces:
        overlaps = [geometry.overlap(piece.box_xywh, m.box_xywh) for m in members]
        is_same = max(overlaps) >= TOUCHING.same_overlap and len(pieces) <= len(members)
        piece_scores = scores[int(np.argmax(overlaps))] if is_same else any_digit
        seen.append(replace(piece, scores=piece_scores))
    return seen
