"""What candidates are: which digit, how surely, and why not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.classify import NUM_DIGITS, Classifier, alternatives
from edge_app.find.candidate import Candidate, Reject
from edge_app.find.verdict import Verdict, near
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.reading import Digit


@dataclass(frozen=True)
class Judged:
    """What is seen in a frame.

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
    candidates: Sequence[Candidate], classifier: Classifier, verdict: Verdict | None
) -> Judged:
    """Return each candidate but separators as a digit, rejected or not.

    Args:
        candidates: All of a frame.
        classifier: The second reader.
        verdict: How the finder's scores and the classifier's become one; `None` where
            the finder has none.
    """
    started = time.perf_counter()
    inked = [each for each in candidates if each.ink is not None]
    images = _normalized(inked)
    normalized = time.perf_counter()
    scores = classifier.scores(to_model_input(images))[:, :NUM_DIGITS]
    accept = np.full(len(inked), classifier.accept_threshold)
    if verdict is not None and inked:
        # Print that was asked for is known to the classifier alone.
        by_both = np.array([each.reject is None for each in inked])
        weighed = _weighed(verdict, candidates, scores)
        scores = np.where(by_both[:, np.newaxis], weighed, scores)
        accept = np.where(by_both, verdict.accept, accept)
    # Of digits on demo pages that are cut off, four in ten are misread, and surely.
    accept[[each.is_cut for each in inked]] = np.inf
    read = [
        _digit(each, own, None if own.max() >= enough else _reject(each), image)
        for each, own, enough, image in zip(inked, scores, accept, images, strict=True)
    ]
    others = [
        _digit(each, _seen(each), each.reject)
        for each in candidates
        if each.ink is None and each.sign is None
    ]
    ended = time.perf_counter()
    return Judged([*read, *others], read, normalized - started, ended - normalized)


def _normalized(candidates: Sequence[Candidate]) -> NDArray[np.uint8]:
    """Return the model's image of each candidate's ink, `(N, 28, 28)` uint8."""
    images = [normalise(each.ink) for each in candidates if each.ink is not None]
    return np.array(images, np.uint8).reshape(-1, INPUT_SIZE, INPUT_SIZE)


def _weighed(
    verdict: Verdict, candidates: Sequence[Candidate], second: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return both readers' shares of what has ink, of what stands around it, too.

    Args:
        verdict: How they are combined.
        candidates: All of a frame.
        second: `(N, 10)`, the second reader's of those N that have ink.
    """
    is_inked = np.array([each.ink is not None for each in candidates])
    edge = np.zeros((len(candidates), NUM_DIGITS), np.float32)
    edge[is_inked] = second
    page = np.array([each.scores for each in candidates], np.float32)
    boxes = np.array([each.box_xywh for each in candidates], np.float32)
    shares = verdict.shares(page, edge, near(boxes))
    return np.asarray(shares[is_inked], np.float32)


def _reject(candidate: Candidate) -> Reject:
    return candidate.reject or ("border" if candidate.is_cut else "unsure")


def _seen(candidate: Candidate) -> NDArray[np.float32]:
    """Return what the finder alone says of each digit."""
    if candidate.scores is None:
        return np.zeros(NUM_DIGITS, np.float32)
    return candidate.scores[:NUM_DIGITS]


def _digit(
    candidate: Candidate,
    scores: NDArray[np.float32],
    reject: Reject | None,
    image: NDArray[np.uint8] | None = None,
) -> Digit:
    label = int(scores.argmax())
    return Digit(
        candidate.box_xywh,
        label,
        float(scores[label]),
        alternatives(scores),
        reject=reject,
        ink=candidate.ink,
        image=image,
    )
