"""The digits of a picture in reading order, as the numbers that they form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from edge_app.layout import grouping
from edge_app.layout.expect import best_match
from edge_app.layout.grouping import Number
from edge_app.reading import Digit

_Reason = Literal["pattern", "unsure"]


@dataclass(frozen=True)
class Arrangement:
    """Digits, numbers and rejects of a picture.

    Attributes:
        digits: In reading order.
        numbers: Likewise; their digits are indexes of these.
        rejects: Digits that belong to no number, each with the reason.
    """

    digits: list[Digit]
    numbers: list[Number]
    rejects: list[Digit]

    def matching(self, expect: re.Pattern[str]) -> "Arrangement":
        """Return the numbers that match a pattern, each read as it matches best."""
        kept = Arrangement([], [], list(self.rejects))
        for number in self.numbers:
            members = self._digits_of(number)
            text = best_match(
                expect,
                [
                    digit.alternatives or ((digit.label, digit.confidence),)
                    for digit in members
                ],
            )
            if text is None:
                kept._reject(members, "pattern")
                continue
            read = [
                _read_as(digit, int(label))
                for digit, label in zip(members, text, strict=True)
            ]
            kept._add(replace(number, text=text), read)
        return kept

    def sure(self, least: float) -> "Arrangement":
        """Return the numbers all of whose digits have at least that confidence.

        A number that lacked a digit would be another number.
        """
        kept = Arrangement([], [], list(self.rejects))
        for number in self.numbers:
            members = self._digits_of(number)
            if min(digit.confidence for digit in members) < least:
                kept._reject(members, "unsure")
            else:
                kept._add(number, members)
        return kept

    def _digits_of(self, number: Number) -> list[Digit]:
        return [self.digits[index] for index in number.digits]

    def _add(self, number: Number, members: list[Digit]) -> None:
        first = len(self.digits)
        self.digits.extend(members)
        indexes = tuple(range(first, len(self.digits)))
        self.numbers.append(replace(number, digits=indexes))

    def _reject(self, members: list[Digit], reason: _Reason) -> None:
        self.rejects.extend(replace(digit, reject=reason) for digit in members)


def accepted(seen: Sequence[Digit]) -> list[Digit]:
    """Return the digits that are not rejected."""
    return [digit for digit in seen if digit.reject is None]


def arranged(seen: Sequence[Digit], separators: grouping.Separators) -> Arrangement:
    """Return digits in reading order, apart from those that are rejected.

    Args:
        seen: In no order.
        separators: What stands between which of those that are not rejected.
    """
    read = accepted(seen)
    groups = grouping.with_separators(
        grouping.reading_order([digit.box_xywh for digit in read]), separators
    )
    digits = [read[index] for group, _ in groups for index in group]
    boxes = [digit.box_xywh for digit in digits]
    labels = [digit.label for digit in digits]
    numbers, first = [], 0
    for group, between in groups:
        indexes = range(first, first + len(group))
        numbers.append(grouping.number(indexes, labels, boxes, between))
        first += len(group)
    return Arrangement(
        digits, numbers, [digit for digit in seen if digit.reject is not None]
    )


def _read_as(digit: Digit, label: int) -> Digit:
    if label == digit.label:
        return digit
    return replace(digit, label=label, confidence=dict(digit.alternatives)[label])
