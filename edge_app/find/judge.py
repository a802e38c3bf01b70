"""The judgment of candidates: which digit, how surely, and why not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.find.candidate import Candidate, Finder, Reject
from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.page.decode import suppressed
from edge_app.find.second_reader import SecondReader
from edge_app.find.touching import split_touching
from edge_app.model.classify import NUM_DIGITS, Classifier, alternatives
from edge_app.reading import Digit

# Of what else it may say, no word is for the user.
_REJECT_OF_CONTEXT_LABEL: dict[str, Reject] = {"letter": "letter", "print": "print"}


@dataclass(frozen=True)
class Judged:
    """The digits and rejects of a frame.

    Attributes:
        digits: In no order; what is none says why.
        read: Those of them that the classifier saw.
        normalize_s, classify_s: Seconds that went into each.
    """

    digits: list[Digit]
    read: list[Digit]
    normalize_s: float
    classify_s: float


def judged(
    candidates: Sequence[Candidate], classifier: Classifier, finder: Finder
) -> Judged:
    """Return each candidate but separators as a digit, rejected or not.

    Args:
        candidates: All of a frame.
        classifier: The second reader.
        finder: Who found them, and how its scores and the classifier's become one.
    """
    second = SecondReader(classifier)
    seen = second(candidates)
    if finder.verdict is not None and finder.splitting is not None:
        seen = split_touching(seen, second, finder.verdict, finder.splitting)
    started = time.perf_counter()
    weighed = None
    # On a page of print often nothing has ink.
    if finder.verdict is not None and any(
        candidate.class_scores is not None for candidate in seen
    ):
        weighed = finder.verdict.of(seen)
        if finder.context is not None:
            seen, weighed = finder.context(seen, weighed)
    second.classify_s += time.perf_counter() - started
    inked = [candidate for candidate in seen if candidate.class_scores is not None]
    if weighed is not None:
        weighed = weighed[[candidate.class_scores is not None for candidate in seen]]
    scores, accept = _weighed(inked, weighed, classifier, finder)
    rejects = [
        None if shares.max() >= least else _reject(candidate)
        for candidate, shares, least in zip(inked, scores, accept, strict=True)
    ]
    found = [
        (_digit(candidate, shares, reject), candidate.is_cut)
        for candidate, shares, reject in zip(inked, scores, rejects, strict=True)
        # Of what is rejected, the look that sees it best says what it is.
        if not (candidate.is_contested and reject not in (None, "border"))
    ]
    others = [
        _digit(candidate, _seen(candidate), candidate.reject)
        for candidate in seen
        if candidate.ink is None and candidate.reject is not None
    ]
    read = _without_duplicates(found)
    return Judged([*read, *others], read, second.normalize_s, second.classify_s)


def _weighed(
    inked: Sequence[Candidate],
    weighed: NDArray[np.float32] | None,
    classifier: Classifier,
    finder: Finder,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return what all readers say of those with ink, and what each needs to be a digit.

    Args:
        inked: The `N` candidates with ink.
        weighed: `(N, 10)`, their probabilities by the finder's verdicts; `None` of a
            finder without.
        classifier: The second reader.
        finder: Who found them.

    Returns:
        `(N, 10)` float32 confidences in each digit, and `(N,)` float64, the least that
        is accepted.
    """
    scores = np.array(
        [candidate.class_scores for candidate in inked], np.float32
    ).reshape(-1, NUM_DIGITS)
    # Two readers misread many of those that are cut off, and surely.
    is_cut = np.array([candidate.is_cut for candidate in inked], bool)
    accept = np.where(is_cut, np.inf, classifier.accept_threshold)
    if weighed is None or finder.verdict is None:
        return scores, accept
    least, least_cut = finder.verdict.accept, np.inf
    if finder.context is not None:
        least = finder.context.verdict.accept
        least_cut = finder.context.verdict.accept_cut
    # Print that was asked for is known to the classifier alone.
    by_all = np.array([candidate.reject is None for candidate in inked], bool)
    scores = np.where(by_all[:, np.newaxis], weighed, scores)
    return scores, np.where(by_all, np.where(is_cut, least_cut, least), accept)


def _without_duplicates(found: Sequence[tuple[Digit, bool]]) -> list[Digit]:
    """Return digits without those that another one covers: they are the same.

    Two looks may have found them in boxes that hardly overlap, and their ink shows that
    they are one. What the border cuts off covers first: the loop of half an eight is no
    zero.

    Args:
        found: Each digit, and whether the border may cut it off.
    """
    seen = [
        (digit, is_cut) for digit, is_cut in found if digit.reject in (None, "border")
    ]
    seen.sort(key=lambda pair: (not pair[1], -pair[0].confidence))
    boxes = np.array([digit.box_xywh for digit, _ in seen], np.float32).reshape(-1, 4)
    kept = {id(seen[i][0]) for i in suppressed(boxes, np.ones(len(seen), bool))}
    return [
        digit
        for digit, _ in found
        if id(digit) in kept or digit.reject not in (None, "border")
    ]


def _reject(candidate: Candidate) -> Reject:
    if candidate.is_cut and not candidate.reject:
        return "border"
    return candidate.reject or _in_context(candidate) or candidate.likelier or "unsure"


def _in_context(candidate: Candidate) -> Reject | None:
    """Return what other writing the context network takes a candidate for."""
    if candidate.context_scores is None:
        return None
    label = CONTEXT_LABELS[candidate.context_scores.argmax()]
    return _REJECT_OF_CONTEXT_LABEL.get(label)


def _seen(candidate: Candidate) -> NDArray[np.float32]:
    """Return what the finder alone says of each digit."""
    if candidate.scores is None:
        return np.zeros(NUM_DIGITS, np.float32)
    return candidate.scores[:NUM_DIGITS]


def _digit(
    candidate: Candidate, scores: NDArray[np.float32], reject: Reject | None
) -> Digit:
    label = int(scores.argmax())
    by_reader = {
        "page": candidate.scores,
        "edge": candidate.class_scores,
        "context": candidate.context_scores,
    }
    return Digit(
        candidate.box_xywh,
        label,
        float(scores[label]),
        alternatives(scores),
        reject=reject,
        ink=candidate.ink,
        image=candidate.image,
        opinions={
            reader: said[:NUM_DIGITS]
            for reader, said in by_reader.items()
            if said is not None
        },
    )
