"""All ink of a field read as the digits that its pattern asks for.

What is read in a page has to tell digits from all else. In a field with a pattern all
ink is digits, of which the pattern says how many: so a digit in two pieces, or one that
looks like two, is known by what the others leave of the ink.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.find.candidate import Candidate
from edge_app.find.classic import ClassicFinder
from edge_app.layout.expect import best_match
from edge_app.model import normalize
from edge_app.model.classify import NUM_DIGITS, Classifier
from edge_app.reading import Digit


@dataclass(frozen=True)
class WholeLimits:
    """Limits of pieces of ink in a field that may be one digit.

    Attributes:
        most_pieces: Of one digit.
        widest_heights: Pieces that are one digit are no wider, in their height.
        widest_gap_share: Between two of them, of the field's height.
        most_digits: Of a field.
        least_height_share: Of a digit, of the field's; lower pieces may be dirt.
        digit_probability: That it is a digit at all, at least.
        alternative_probability: Of a label, at least, to be an alternative.
        floor_probability: One hopeless digit does not outweigh all others.
    """

    most_pieces: int = 6
    widest_heights: float = 1.5
    widest_gap_share: float = 0.05
    most_digits: int = 24
    least_height_share: float = 0.25
    digit_probability: float = 0.2
    alternative_probability: float = 0.02
    floor_probability: float = 1e-3


WHOLE = WholeLimits()


@dataclass(frozen=True)
class _Group:
    """Neighboring pieces of ink that may be one digit.

    Attributes:
        start: Index of its first piece.
        end: Index after its last one.
        box_xywh: Around it.
        ink: `(h, w)` uint8, bright on 0.
        image: `(28, 28)` uint8, as the classifier sees it.
        scores: `(10,)`, probability of each digit.
    """

    start: int
    end: int
    box_xywh: Box
    ink: NDArray[np.uint8]
    image: NDArray[np.uint8]
    scores: NDArray[np.float32]


def read_whole(
    crop: NDArray[np.uint8], inner: Box, pattern: str, classifier: Classifier
) -> list[Digit]:
    """Return the digits of a field, from left to right; none if no reading fits.

    Args:
        crop: `(H, W, 3)` uint8, BGR: the field with some room around it.
        inner: Where the field itself is in it.
        pattern: What its digits match.
        classifier: Reads single digits.
    """
    found = [piece for piece in ClassicFinder()(crop) if _is_inside(piece, inner)]
    found.sort(key=lambda piece: piece.box_xywh[0] + piece.box_xywh[2] / 2)
    least = WHOLE.least_height_share * inner[3]
    groups = list(_groups(found[: 2 * WHOLE.most_digits], inner[3], classifier))
    is_dirt = [piece.box_xywh[3] < least for piece in found]
    best: tuple[float, list[Digit]] = (-math.inf, [])
    for path in _paths(groups, is_dirt):
        digits = _matching(path, pattern)
        if digits:
            mean = float(
                np.mean(
                    [
                        math.log(max(digit.confidence, WHOLE.floor_probability))
                        for digit in digits
                    ]
                )
            )
            best = max(best, (mean, digits), key=lambda item: item[0])
    return best[1]


def _is_inside(candidate: Candidate, inner: Box) -> bool:
    x, y, w, h = candidate.box_xywh
    left, top, width, height = inner
    across, down = x + w / 2 - left, y + h / 2 - top
    return candidate.ink is not None and 0 <= across <= width and 0 <= down <= height


def _groups(
    found: Sequence[Candidate], inner_height: int, classifier: Classifier
) -> Iterator[_Group]:
    """Yield all neighbors that may be one digit, read."""
    spans = []
    for start in range(len(found)):
        for end in range(start + 1, min(start + WHOLE.most_pieces, len(found)) + 1):
            if _widest_gap(found[start:end]) > WHOLE.widest_gap_share * inner_height:
                continue
            box, ink = _together(found[start:end])
            if end == start + 1 or box[2] <= WHOLE.widest_heights * box[3]:
                spans.append((start, end, box, ink, normalize.normalize(ink)))
    images = np.array([span[-1] for span in spans], np.uint8)
    size = normalize.INPUT_SIZE
    inputs = normalize.to_model_input(images.reshape(-1, size, size))
    for span, scores in zip(spans, classifier.scores(inputs), strict=True):
        yield _Group(*span, scores[:NUM_DIGITS])


def _widest_gap(pieces: Sequence[Candidate]) -> int:
    """Return how far apart neighbors are, in pixels across; those above others: 0."""
    spans = sorted((x, x + w) for x, _, w, _ in (piece.box_xywh for piece in pieces))
    widest, end = 0, spans[0][1]
    for left, right in spans:
        widest, end = max(widest, left - end), max(end, right)
    return widest


def _together(pieces: Sequence[Candidate]) -> tuple[Box, NDArray[np.uint8]]:
    """Return the ink of some pieces in one picture, and where it is."""
    boxes = np.array([piece.box_xywh for piece in pieces])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece, (x, y, w, h) in zip(pieces, boxes, strict=True):
        assert piece.ink is not None
        part = ink[y - top : y - top + h, x - left : x - left + w]
        np.maximum(part, piece.ink[: part.shape[0], : part.shape[1]], out=part)
    return (int(left), int(top), int(right - left), int(bottom - top)), ink


def _paths(groups: Sequence[_Group], is_dirt: Sequence[bool]) -> Iterator[list[_Group]]:
    """Yield, for each number of digits, the likeliest way to read all pieces so."""
    count = len(is_dirt)
    # By the pieces before it and its digits: the likeliest path and its logarithm.
    best: dict[tuple[int, int], tuple[float, list[_Group]]] = {(0, 0): (0.0, [])}
    for end in range(1, count + 1):
        paths = [
            (
                number + 1,
                score
                + math.log(max(float(group.scores.max()), WHOLE.floor_probability)),
                [*path, group],
            )
            for group in groups
            if group.end == end
            for (at, number), (score, path) in best.items()
            if at == group.start and number < WHOLE.most_digits
        ]
        if is_dirt[end - 1]:
            paths += [
                (number, score, path)
                for (at, number), (score, path) in best.items()
                if at == end - 1
            ]
        for number, score, path in paths:
            if score > best.get((end, number), (-math.inf, []))[0]:
                best[end, number] = score, path
    yield from (
        path for (at, number), (_, path) in best.items() if at == count and number
    )


def _matching(path: Sequence[_Group], pattern: str) -> list[Digit]:
    """Return the likeliest digits that match; none if there are none."""
    alternatives = [
        tuple(
            (int(label), float(group.scores[label]))
            for label in np.argsort(-group.scores)
            if group.scores[label] >= WHOLE.alternative_probability
        )
        for group in path
    ]
    text = None
    if all(group.scores.sum() >= WHOLE.digit_probability for group in path):
        text = best_match(re.compile(pattern), alternatives)
    if text is None:
        return []
    return [
        Digit(
            group.box_xywh,
            int(label),
            float(group.scores[int(label)]),
            alternatives=likely,
            ink=group.ink,
            image=group.image,
        )
        for group, label, likely in zip(path, text, alternatives, strict=True)
    ]
