"""The accuracy on annotated photographs.

A digit counts as right when a predicted box covers it (intersection over union of at
least 0.4, both boxes grown a little, so that a few pixels of a thin one do not decide)
with its label. Printed digits, ignored areas and digits marked as difficult count
neither as missed nor as false.

A line of text counts as read whole when each of its digits is right, one is read after
the other, and no false digit is read between them; difficult ones among them are left
out of account.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from operator import add
from pathlib import Path
from typing import Any

from edge_app.common.errors import DataError
from edge_app.common.geometry import BoxF, overlap
from train.scenes.truth import LabeledDigit, Truth

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PhotoScoreConstants:
    """Overlaps that count, and by how much boxes are grown before.

    Attributes:
        least_overlap_share: Intersection over union from which a digit is covered.
        soft_overlap_share: The same with a printed digit or an ignored area, above
            which a reading does not count.
        growth_share: Of the shorter side, half of it on each side.
        least_growth_share: Of the longer side, on each side.
        least_growth_px: On each side.
    """

    least_overlap_share: float = 0.4
    soft_overlap_share: float = 0.2
    growth_share: float = 0.25
    least_growth_share: float = 0.06
    least_growth_px: int = 3


_PHOTO_SCORE = PhotoScoreConstants()


@dataclass(frozen=True)
class Score:
    """Counts of digits, and what follows from them.

    Attributes:
        digits: True ones that count.
        found: Those covered by a prediction.
        right: Those covered with their label.
        false: Predictions that cover nothing.
        numbers: True numbers, or lines of text.
        whole: Those read whole: all of their digits right, one after the other and with
            no false digit between.
    """

    digits: int = 0
    found: int = 0
    right: int = 0
    false: int = 0
    numbers: int = 0
    whole: int = 0

    def __add__(self, other: "Score") -> "Score":
        """Add the counts of both."""
        return Score(*map(add, astuple(self), astuple(other)))

    @property
    def precision(self) -> float:
        """Return the share of right ones among the predictions that count, 0..1."""
        predicted = self.found + self.false
        return self.right / predicted if predicted else 0.0

    @property
    def recall(self) -> float:
        """Return the share of right ones among the true digits, 0..1."""
        return self.right / self.digits if self.digits else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall, 0..1."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def whole_share(self) -> float:
        """Return the share of true numbers that are read whole, 0..1."""
        return self.whole / self.numbers if self.numbers else 0.0

    @property
    def false_per_100(self) -> float:
        """Return the false digits for each 100 true ones."""
        return 100 * self.false / self.digits if self.digits else 0.0


def read_truths(folder: Path) -> list[Truth]:
    """Read the annotations in a folder, a JSON file a photograph.

    Raises:
        DataError: There are none, one is malformed, or two are of the same file.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise DataError(f"{folder}: no annotations (*.json) there")
    truths = [_truth(path) for path in paths]
    names = [truth.file for truth in truths]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise DataError(f"{folder}: annotated twice: {', '.join(sorted(repeated))}")
    return truths


def score(
    truth: Truth,
    predictions: Sequence[LabeledDigit],
    groups: Sequence[Sequence[int]] | None = None,
) -> Score:
    """Score one photograph; the pairs that overlap most are matched first.

    Args:
        truth: What is there.
        predictions: What was read, in reading order.
        groups: Indexes of the predictions that make each number that was read. A number
            is whole when one of them holds its digits and no others; `None` to let
            other digits stand before and after them, as where lines of text count.
    """
    matched = _matched(truth, predictions)
    counted = [i for i, digit in enumerate(truth.digits) if not digit.difficult]
    found = [i for i in counted if i in matched]
    right = [i for i in found if truth.digits[i].label == predictions[matched[i]].label]
    taken = set(matched.values())
    false = [
        j
        for j, prediction in enumerate(predictions)
        if j not in taken and not _is_soft(prediction.box, truth.soft)
    ]
    # What is neither right nor false may stand between the digits of a number.
    order = sorted([*(matched[i] for i in found), *false])
    runs = groups if groups is not None else [order]
    known = [[j for j in run if j in order] for run in runs]
    numbers = [[i for i in number if i in counted] for number in truth.numbers]
    numbers = [number for number in numbers if number]
    read = [[matched[i] for i in number] for number in numbers if {*number} <= {*right}]
    return Score(
        digits=len(counted),
        found=len(found),
        right=len(right),
        false=len(false),
        numbers=len(numbers),
        whole=sum(_is_read(run, known, alone=groups is not None) for run in read),
    )


def verdicts(truth: Truth, predictions: Sequence[LabeledDigit]) -> list[bool | None]:
    """Return whether each prediction is right, matched as `score` does.

    Returns:
        `False` also where there is no digit; `None` for what does not count: difficult
        digits, printed ones and what lies in ignored areas.
    """
    owners = {j: i for i, j in _matched(truth, predictions).items()}
    found: list[bool | None] = []
    for j, prediction in enumerate(predictions):
        if j in owners:
            digit = truth.digits[owners[j]]
            is_right = digit.label == prediction.label
            found.append(None if digit.difficult else is_right)
        else:
            found.append(None if _is_soft(prediction.box, truth.soft) else False)
    return found


def total(scores: Iterable[Score]) -> Score:
    """Return the counts of all scores together."""
    return sum(scores, Score())


def grown(box: BoxF) -> BoxF:
    """Return the box with a margin."""
    x, y, w, h = box
    margin = max(
        _PHOTO_SCORE.least_growth_px,
        _PHOTO_SCORE.growth_share / 2 * min(w, h),
        _PHOTO_SCORE.least_growth_share * max(w, h),
    )
    return x - margin, y - margin, w + 2 * margin, h + 2 * margin


def _matched(truth: Truth, predictions: Sequence[LabeledDigit]) -> dict[int, int]:
    """Return the prediction that covers each true digit, by index, if one does."""
    true_boxes = [grown(digit.box) for digit in truth.digits]
    read_boxes = [grown(prediction.box) for prediction in predictions]
    pairs = sorted(
        (
            (overlap(true_box, read_box), i, j)
            for i, true_box in enumerate(true_boxes)
            for j, read_box in enumerate(read_boxes)
        ),
        reverse=True,
    )
    matched: dict[int, int] = {}
    taken: set[int] = set()
    least = _PHOTO_SCORE.least_overlap_share
    for value, i, j in pairs:
        if value >= least and i not in matched and j not in taken:
            matched[i] = j
            taken.add(j)
    return matched


def _is_read(
    number: Sequence[int], runs: Sequence[Sequence[int]], *, alone: bool
) -> bool:
    """Return whether predictions follow one another in a run, or are all of it."""
    for run in runs:
        if number[0] in run:
            first = 0 if alone else run.index(number[0])
            length = len(run) if alone else len(number)
            return list(run[first : first + length]) == list(number)
    return False


def _is_soft(box: BoxF, soft: Sequence[BoxF]) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return any(
        (s[0] <= x <= s[0] + s[2] and s[1] <= y <= s[1] + s[3])
        or overlap(grown(box), grown(s)) > _PHOTO_SCORE.soft_overlap_share
        for s in soft
    )


def _truth(path: Path) -> Truth:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        digits = tuple(
            LabeledDigit(_box(digit), digit["label"], digit.get("difficult", False))
            for digit in row["digits"]
        )
        return Truth(
            file=str(row["file"]),
            digits=digits,
            soft=tuple(
                _box(box)
                for name in ("ignore", "printed_digits")
                for box in row.get(name, ())
            ),
            numbers=tuple(_numbers(path, row.get("text_lines", ()), digits)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: not an annotation ({error!r})") from error


def _numbers(
    path: Path, lines: Sequence[str], digits: Sequence[LabeledDigit]
) -> Iterator[tuple[int, ...]]:
    """Yield the indexes of each line's digits, which are annotated in its order."""
    spelled = "".join(str(digit.label) for digit in digits)
    for line in lines:
        text = "".join(character for character in line if character.isdigit())
        start = spelled.find(text)
        if start < 0 or not text:
            log.warning("%s: no digits in a row spell the line %r", path, line)
            continue
        yield tuple(range(start, start + len(text)))
        # These are taken; the same text may come again.
        spelled = spelled[:start] + " " * len(text) + spelled[start + len(text) :]


def _box(row: dict[str, Any]) -> BoxF:
    return float(row["x"]), float(row["y"]), float(row["w"]), float(row["h"])
