"""Two readers' opinions of a candidate, made one: its label and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edge_app.find.page.maps import Kind
from edge_app.model.classify import NUM_DIGITS

if TYPE_CHECKING:  # a candidate says why it is rejected, and so do they all
    from edge_app.find.candidate import Candidate

_NUM_ALONE = 8  # features of a glyph by itself, and as many of what stands near
NUM_FEATURES = 2 * _NUM_ALONE + 2 + NUM_DIGITS
_LETTER_KIND, _PRINT_KIND = int(Kind.LETTER), int(Kind.PRINT)


@dataclass(frozen=True)
class VerdictConstants:
    """Reach of what is near a glyph, and bounds of its features.

    The three for what is near were chosen on validation scenes; two thirds of them give
    the same F1 to 0.001.

    Attributes:
        near_across: Deviation of how far surroundings reach to the sides, in sizes of
            the smaller glyph.
        near_down: The same, up and down.
        near_log_ratio: Deviation of the log ratio of sizes.
        decided_log_odds: At which an opinion of what stands near is about full.
        least_probability: The smallest that int8 outputs tell apart from none.
        least_height_share: Of a picture's height: print is seldom higher, and below it
            a height says only how far the camera was. Chosen by hand, with no finer
            search: without it small writing on large photographs is taken for print.
        pairs_at_once: Of glyphs: 256 KiB of float32, a core's cache.
    """

    near_across: float = 6.0
    near_down: float = 3.0
    near_log_ratio: float = 0.5
    decided_log_odds: float = 4.0
    least_probability: float = 1 / 256
    least_height_share: float = 0.2
    pairs_at_once: int = 1 << 16


VERDICT = VerdictConstants()

# Of a network that was not judged yet, by feature: its digits, no print, any digit of
# the second reader. Two units are their sum, and what it lacks.
_UNJUDGED_WEIGHTS = {0: 1.0, 1: 0.5, 4: 0.25}
_UNJUDGED_PAGE_HIDDEN = tuple(
    (_UNJUDGED_WEIGHTS.get(row, 0.0), -_UNJUDGED_WEIGHTS.get(row, 0.0))
    for row in range(NUM_FEATURES + 1)
)


@dataclass(frozen=True)
class Opinions:
    """Both readers' opinions on the glyphs of a frame, or of several.

    Attributes:
        page: `(N, kinds)` float32, the page network's probability of each kind by
            itself, digits first.
        edge: `(N, 10)` float32, the second reader's probability of each digit; what it
            lacks of 1 is none's. 0 of what has no ink.
        near: `(N, N)` from `near`, or a sparse matrix of several of them.
        heights: `(N,)` float32: logarithm of each height's share of the picture's, 0.2
            for less.
    """

    page: NDArray[np.float32]
    edge: NDArray[np.float32]
    near: Any
    heights: NDArray[np.float32]


@dataclass(frozen=True)
class Verdict:
    """Weights that combine the page network's probabilities and the second reader's.

    Whether it is a digit is one question, which one it is another: readers who
    disagree about the label still agree that it is one. The first is answered by a
    perceptron with one hidden layer (ReLU) from `features`, the second by logistic
    regression on the readers' log probabilities (Jacobs, Methods for Combining Experts'
    Probability Assessments, 1995). Both are fitted on validation scenes by
    `python -m train --arch page` and kept in the manifest.

    Attributes:
        hidden: `(NUM_FEATURES + 1, units)` weights of the hidden layer, biases last.
        output: `(units + 1,)` weights of the log odds that it is a digit, bias last.
        page_label, edge_label: Weights of each reader's log probability of a label.
        accept: Confidence from which a digit is accepted, 0..1.
    """

    hidden: Sequence[Sequence[float]] = _UNJUDGED_PAGE_HIDDEN
    output: Sequence[float] = (1.0, -1.0, 0.0)
    page_label: float = 1.0
    edge_label: float = 0.5
    accept: float = 0.5

    def __post_init__(self) -> None:
        """Check that the weights fit the features.

        Raises:
            ValueError: They are of other features than this program's.
        """
        check_perceptron(self.hidden, self.output, num_features=NUM_FEATURES)

    def of(self, candidates: Sequence["Candidate"]) -> NDArray[np.float32]:
        """Return the probability of each digit, `(N, 10)`, of all of a frame.

        Args:
            candidates: With the network's scores, and the second reader's of those that
                have ink.
        """
        if not candidates:
            return np.zeros((0, NUM_DIGITS), np.float32)
        return self.shares(opinions_of(candidates))

    def shares(self, opinions: Opinions) -> NDArray[np.float32]:
        """Return the probability of each digit, `(N, 10)`, all of them at most 1."""
        share = perceptron(features(opinions), self.hidden, self.output)
        return np.asarray(self.labels(opinions) * share[:, np.newaxis], np.float32)

    def labels(self, opinions: Opinions) -> NDArray[np.float64]:
        """Return the probability of each digit, of what is a digit, `(N, 10)`."""
        page, edge = (
            log_shares(opinions.page[:, :NUM_DIGITS]),
            log_shares(opinions.edge),
        )
        logits = self.page_label * page + self.edge_label * edge
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def features(opinions: Opinions) -> NDArray[np.float64]:
    """Return what tells digits from all else, `(N, NUM_FEATURES)`.

    Of each glyph by itself: the log odds of its likeliest digit; how much likelier that
    is than print, a letter, and any other kind; the second reader's log odds of any
    digit; by how much each reader prefers its label to the next one; whether both read
    the same. Then the same of what stands near: digits stand among digits, letters
    among letters, and grain among grain (one step of a mean field, as in Kraehenbuehl
    and Koltun, Efficient Inference in Fully Connected CRFs, 2011). How much stands near
    at all. How high it is in the picture: what fills a strip was written to be read. At
    last which digit the second reader sees, one-hot: many a one is none.
    """
    digits, others = (
        log_shares(opinions.page[:, :NUM_DIGITS]),
        log_shares(opinions.page[:, NUM_DIGITS:]),
    )
    second = log_shares(opinions.edge)
    likeliest = digits.max(axis=1)
    printed, letter = _PRINT_KIND - NUM_DIGITS, _LETTER_KIND - NUM_DIGITS
    rest = np.delete(others, [letter, printed], axis=1)
    label = opinions.edge.argmax(axis=1)
    alone = np.column_stack(
        [
            log_odds(opinions.page[:, :NUM_DIGITS].max(axis=1)),
            likeliest - others[:, printed],
            likeliest - others[:, letter],
            likeliest - rest.max(axis=1),
            log_odds(opinions.edge.sum(axis=1)),
            _margin(digits),
            _margin(second),
            np.where(digits.argmax(axis=1) == label, 1.0, -1.0),
        ]
    )
    counted = np.column_stack([full(alone), np.ones(len(alone))])
    around = opinions.near @ counted.astype(np.float32)  # no larger copy of `near`
    return np.column_stack([alone, around, opinions.heights, np.eye(NUM_DIGITS)[label]])


def perceptron(
    inputs: NDArray[np.float64],
    hidden: Sequence[Sequence[float]],
    output: Sequence[float],
) -> NDArray[np.float64]:
    """Return the probability, `(N,)`, by a perceptron with one hidden layer (ReLU).

    Args:
        inputs: `(N, features)`.
        hidden: `(features + 1, units)` weights, biases last.
        output: `(units + 1,)` weights of the log odds, bias last.
    """
    first, last = np.asarray(hidden, np.float64), np.asarray(output, np.float64)
    units = np.maximum(inputs @ first[:-1] + first[-1], 0)
    return np.asarray(1 / (1 + np.exp(-(units @ last[:-1] + last[-1]))), np.float64)


def check_perceptron(
    hidden: Sequence[Sequence[float]], output: Sequence[float], *, num_features: int
) -> None:
    """Check that a perceptron's weights fit its features.

    Raises:
        ValueError: They are of other features than this program's.
    """
    num_units = len(output) - 1
    if [len(row) for row in hidden] != [num_units] * (num_features + 1):
        raise ValueError(
            f"hidden weights of {num_features} features and a bias expected, for "
            f"{num_units} units each; train and convert the network again"
        )


def full(odds: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return log odds as what stands near counts them: -1 to 1."""
    return np.asarray(np.tanh(odds / VERDICT.decided_log_odds))


def _margin(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much the largest of each row exceeds the second largest."""
    largest = np.partition(logs, -2, axis=1)[:, -2:]
    return np.asarray(largest[:, 1] - largest[:, 0], np.float64)


def opinions_of(candidates: Sequence["Candidate"]) -> Opinions:
    """Return what both readers say of all candidates of a frame."""
    boxes = np.array([candidate.box_xywh for candidate in candidates], np.float32)
    pictures = np.array([candidate.picture_height for candidate in candidates])
    heights = boxes.reshape(-1, 4)[:, 3] / np.maximum(pictures, 1)
    return Opinions(
        np.array([candidate.scores for candidate in candidates], np.float32),
        second_scores(candidates),
        near(boxes.reshape(-1, 4)),
        np.log(np.maximum(heights, VERDICT.least_height_share)).astype(np.float32),
    )


def second_scores(candidates: Sequence["Candidate"]) -> NDArray[np.float32]:
    """Return what the second reader says, `(N, 10)`; 0 of what it did not see."""
    unseen = np.zeros(NUM_DIGITS, np.float32)
    scores = [
        unseen if candidate.class_scores is None else candidate.class_scores
        for candidate in candidates
    ]
    return np.array(scores, np.float32).reshape(-1, NUM_DIGITS)


def near(boxes_xywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what each glyph's surroundings consist of.

    Args:
        boxes_xywh: `(N, 4)` in pixels.

    Returns:
        `(N, N)`: row i is the share of each other glyph in what stands near glyph i,
        together at most 1, and the less the less stands there.
    """
    sizes = np.maximum(boxes_xywh[:, 2:].max(axis=1, initial=1), 1).astype(np.float32)
    x, y = (boxes_xywh[:, :2] + boxes_xywh[:, 2:] / 2).astype(np.float32).T
    logs = np.log(sizes)
    count = len(sizes)
    weights = np.empty((count, count), np.float32)
    # A page of small print has ten thousand glyphs; few rows at once fit a cache.
    for start in range(
        0, count, rows := max(1, VERDICT.pairs_at_once // max(1, count))
    ):
        block = slice(start, start + rows)
        smaller = np.minimum(sizes[block, None], sizes)
        away = ((x[block, None] - x) / (VERDICT.near_across * smaller)) ** 2
        away += ((y[block, None] - y) / (VERDICT.near_down * smaller)) ** 2
        away += ((logs[block, None] - logs) / VERDICT.near_log_ratio) ** 2
        np.exp(away / -2, out=weights[block])
    np.fill_diagonal(weights, 0)
    weights /= 1 + weights.sum(axis=1, keepdims=True)
    return weights


def log_shares(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return logarithms of probabilities, of none less than an int8 output tells."""
    return np.asarray(
        np.log(np.maximum(shares, VERDICT.least_probability, dtype=np.float64)),
        np.float64,
    )


def log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log odds of probabilities, of none more than an int8 output tells."""
    share = np.clip(
        shares,
        VERDICT.least_probability,
        1 - VERDICT.least_probability,
        dtype=np.float64,
    )
    return np.asarray(np.log(share / (1 - share)), np.float64)
