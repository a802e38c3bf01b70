"""The one number of a field, by the digits that are read in it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from edge_app.common.geometry import Box
from edge_app.layout.expect import best_match
from edge_app.layout.grouping import reading_order
from edge_app.live.fields.field import Field
from edge_app.live.fields.reading.whole import WHOLE
from edge_app.live.fields.values.value import UNREADABLE, FieldReading
from edge_app.reading import Digit, Reading

# Below it a field with a pattern is read in another way, too.
SURE_CONFIDENCE = 0.95
_OUTWEIGHED_REASONS = ("letter", "print", "unsure")  # reasons that a pattern outweighs
_LIKELY_CONFIDENCE = 0.5  # of a reject that is taken for a digit all the same

JudgedField = tuple[FieldReading, list[Digit], list[Digit]]


def within(
    reading: Reading, field: Field, inner: Box, min_confidence: float
) -> JudgedField:
    """Return what a reading of a field's surroundings says of the field itself."""
    digits = _in_order(
        digit for digit in reading.digits if _has_middle(inner, digit.box_xywh)
    )
    rejects = [
        reject for reject in reading.rejects if _has_middle(inner, reject.box_xywh)
    ]
    read = judged(field, digits, min_confidence)
    if read.fault is not None and field.pattern is not None:
        with_doubtful = _in_order([*digits, *_likely(rejects, inner[3])])
        for chosen in (_without_doubles(digits), with_doubtful):
            other = judged(field, chosen, min_confidence)
            if other.fault is None:
                left = [reject for reject in rejects if reject not in chosen]
                doubles = [digit for digit in digits if digit not in chosen]
                left += [replace(digit, reject="unsure") for digit in doubles]
                return other, chosen, left
    return read, digits, rejects


def is_better(
    whole: tuple[FieldReading, Sequence[Digit]],
    other: tuple[FieldReading, Sequence[Digit]],
) -> bool:
    """Return whether a reading of all ink is believed rather than one of a page.

    It is where the other one leaves out ink or cuts it: it was no page.
    """
    (read, digits), (than, others) = whole, other
    if any(
        digit.confidence >= SURE_CONFIDENCE and not is_among(digit, digits)
        for digit in others
    ):
        return False  # it leaves out what is surely a digit
    if than.fault is not None or not _are_alike(digits, others):
        return True
    return (read.confidence or 0.0) > (than.confidence or 0.0)


def _are_alike(digits: Sequence[Digit], others: Sequence[Digit]) -> bool:
    """Return whether digits, in reading order, are the same ink as others."""
    if len(digits) != len(others):
        return False
    return all(
        _has_middle(one.box_xywh, other.box_xywh)
        and _has_middle(other.box_xywh, one.box_xywh)
        for one, other in zip(digits, others, strict=True)
    )


def is_among(digit: Digit, digits: Sequence[Digit]) -> bool:
    """Return whether the middle of a digit lies in one of others."""
    return any(_has_middle(other.box_xywh, digit.box_xywh) for other in digits)


def _has_middle(box_xywh: Box, of_xywh: Box) -> bool:
    """Return whether the middle of a box lies in another one."""
    x, y, w, h = of_xywh
    left, top, width, height = box_xywh
    return 0 <= x + w / 2 - left <= width and 0 <= y + h / 2 - top <= height


def _in_order(digits: Iterable[Digit]) -> list[Digit]:
    found = list(digits)
    order = reading_order([digit.box_xywh for digit in found])
    return [found[index] for group in order for index in group]


def _without_doubles(digits: Sequence[Digit]) -> list[Digit]:
    """Return digits without those in a surer one: they are its ink, read twice."""
    return [
        digit
        for digit in digits
        if not any(
            other.confidence > digit.confidence
            and _has_middle(other.box_xywh, digit.box_xywh)
            for other in digits
        )
    ]


def _likely(rejects: Iterable[Digit], height: int) -> Iterator[Digit]:
    """Yield rejects that may be digits where a pattern says that there are more.

    Beside letters, what looks like one is no digit; in a field there are none.
    """
    for reject in rejects:
        is_tall = reject.box_xywh[3] >= WHOLE.least_height_share * height
        if (
            is_tall
            and reject.reject in _OUTWEIGHED_REASONS
            and reject.confidence >= _LIKELY_CONFIDENCE
        ):
            yield reject


def judged(
    field: Field, digits: Sequence[Digit], min_confidence: float
) -> FieldReading:
    """Return what a field reads, by its digits in reading order."""
    if not digits:
        return FieldReading(field, fault=f"{UNREADABLE}: no digits")
    text: str | None = "".join(str(digit.label) for digit in digits)
    if field.pattern is not None:
        text = best_match(
            re.compile(field.pattern),
            [
                digit.alternatives or ((digit.label, digit.confidence),)
                for digit in digits
            ],
        )
        if text is None:
            return FieldReading(field, fault=f"{UNREADABLE}: not as the pattern")
    assert text is not None
    sure = min(
        digit.confidence
        if digit.label == int(label)
        else dict(digit.alternatives)[int(label)]
        for digit, label in zip(digits, text, strict=True)
    )
    if sure < min_confidence:
        return FieldReading(field, confidence=sure, fault=f"{UNREADABLE}: unsure")
    return FieldReading(field, text=text, confidence=sure)
