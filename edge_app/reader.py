"""A frame in, a Reading out: the whole pipeline on one page."""

import copy
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import find
from edge_app.common import geometry
from edge_app.common.geometry import Box, Quarter
from edge_app.find.candidate import Candidate, Finder
from edge_app.find.judge import Judged, judged
from edge_app.find.only_digit import only_digit
from edge_app.find.stages import Stages
from edge_app.layout import grouping
from edge_app.layout.expect import best_match
from edge_app.layout.grouping import Number
from edge_app.model import classify
from edge_app.model.classify import Classifier
from edge_app.reading import Digit, Reading

# A page is turned only for this much more evidence of digits than it has upright.
_CLEARLY = 1.05
_SUREST = 0.99  # confidence beyond which one digit says no more
_FEW = 2  # digits: a picture in which so few are read may be a picture of one


class Reader:
    """Reads the digits in frames.

    Not thread-safe, for a model's memory is its own: use one reader a thread.

    Examples:
        >>> import cv2
        >>> reading = Reader().read(cv2.imread("page.png"))
        >>> [number.text for number in reading.numbers]
        ['2927', '0859', '941365']
    """

    def __init__(
        self,
        model: str | Path | Classifier | None = None,
        finder: str | Path | Finder | None = None,
        *,
        printed: bool = False,
        num_threads: int = 1,
        roi_xywh: Box | None = None,
        rotate: Quarter | Literal["auto"] = 0,
        expect: str | None = None,
        min_confidence: float = 0.0,
    ) -> None:
        """Load what reads.

        Args:
            model: The classifier: a shipped model's name such as `edge-int8`, a file,
                or one that is loaded; `None` for the default one.
            finder: What finds the digits: `page`, a page network's file, `classic`, or
                one that is loaded; `None` for the default one.
            printed: Whether printed digits are read, too; of a finder that is loaded it
                was said when it was.
            num_threads: Threads an inference may use.
            roi_xywh: The part of each frame that is read, before it is turned; `None`
                for all of it.
            rotate: Degrees clockwise by which frames are turned to be upright; `auto`
                finds them out from what reads best.
            expect: A regular expression that a number must match whole; others are
                rejected. `None` for any number.
            min_confidence: What each digit of a number must have, 0..1; a number with
                one of less is rejected whole.

        Raises:
            ModelError: There is no such model, or it does not fit.
            ManifestError: A model file is not the one that its manifest describes.
            RuntimeMissingError: Nothing installed here executes a model.
            ValueError: Of any other argument: what came and what was expected.
        """
        if rotate not in (*geometry.QUARTERS, "auto"):
            raise ValueError(
                f"rotate of 0, 90, 180, 270 or 'auto' expected, got {rotate!r}"
            )
        if roi_xywh is not None and not _is_region(roi_xywh):
            raise ValueError(
                "roi_xywh of four integers expected, x, y, a width and a height above "
                f"0, got {roi_xywh!r}"
            )
        try:
            self._expect = None if expect is None else re.compile(expect)
        except re.error as error:
            raise ValueError(
                f"{expect!r}: not a regular expression ({error})"
            ) from error
        if not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence of 0 to 1 expected, got {min_confidence}")
        self._min_confidence = min_confidence
        self._roi_xywh = roi_xywh
        self._rotate = rotate
        self._classifier = (
            model
            if isinstance(model, Classifier)
            else classify.load(_named(model), num_threads=num_threads)
        )
        self._finder = (
            find.load(_named(finder), printed=printed, num_threads=num_threads)
            if finder is None or isinstance(finder, str | Path)
            else finder
        )

    def read(
        self,
        frame: NDArray[np.uint8],
        *,
        rotate: Quarter | None = None,
        min_confidence: float | None = None,
        stages: Stages | None = None,
    ) -> Reading:
        """Return what stands in one frame.

        Args:
            frame: `(H, W, 3)` uint8, BGR, or `(H, W)` gray.
            rotate: Degrees clockwise by which this frame is turned, instead of the
                reader's own.
            min_confidence: What each digit of a number must have, instead of the
                reader's own.
            stages: Filled with a picture of each stage.

        Raises:
            ValueError: An array of another shape or dtype.
        """
        started = time.perf_counter()
        frame = _color(frame)
        part, offset_xy = _part(frame, self._roi_xywh)
        chosen = self._rotate if rotate is None else rotate
        rotation = self._upright(part) if chosen == "auto" else chosen
        upright = geometry.turned(part, rotation)
        seen, signs = self._seen(upright, stages)
        found = time.perf_counter()
        accepted = [digit for digit in seen.digits if digit.reject is None]
        rejected = [digit for digit in seen.digits if digit.reject is not None]
        digits, numbers = _in_reading_order(accepted, signs)
        if self._expect is not None:
            digits, numbers, others = _expected(digits, numbers, self._expect)
            rejected += [replace(digit, reject="pattern") for digit in others]
        least = self._min_confidence if min_confidence is None else min_confidence
        if least > 0:
            digits, numbers, others = _sure(digits, numbers, least)
            rejected += [replace(digit, reject="unsure") for digit in others]

        def placed(box_xywh: Box) -> Box:
            turned_wh = upright.shape[1], upright.shape[0]
            x, y, w, h = geometry.turned_box(
                box_xywh, turned_wh, geometry.back(rotation)
            )
            return x + offset_xy[0], y + offset_xy[1], w, h

        ended = time.perf_counter()
        return Reading(
            width=frame.shape[1],
            height=frame.shape[0],
            digits=tuple(
                replace(digit, box_xywh=placed(digit.box_xywh)) for digit in digits
            ),
            numbers=tuple(
                replace(number, box_xywh=placed(number.box_xywh)) for number in numbers
            ),
            rejects=tuple(
                replace(digit, box_xywh=placed(digit.box_xywh)) for digit in rejected
            ),
            latency_ms={
                # All that came before, so that the stages add up to the total.
                "find": 1000 * (found - started - seen.normalize_s - seen.classify_s),
                "normalize": 1000 * seen.normalize_s,
                "classify": 1000 * seen.classify_s,
                "group": 1000 * (ended - found),
                "total": 1000 * (ended - started),
            },
            rotation=rotation,
        )

    def having(self, *, roi_xywh: Box | None, expect: str | None) -> "Reader":
        """Return a reader with the same models for another part or pattern.

        Not thread-safe together with this one.

        Args:
            roi_xywh: As when it was made; `None` for all of each frame.
            expect: Likewise; `None` for any number.
        """
        other = copy.copy(self)
        other._roi_xywh = roi_xywh
        other._expect = None if expect is None else re.compile(expect)
        return other

    def _seen(
        self, frame: NDArray[np.uint8], stages: Stages | None
    ) -> tuple[Judged, list[grouping.Sign]]:
        """Return what is seen in an upright frame, and its separators."""
        candidates = self._finder(frame)
        seen = judged(candidates, self._classifier, self._finder)
        if stages is not None:
            stages.add_candidates(frame, seen.digits)
            stages.add_inputs(seen.read)
        num_digits = sum(digit.reject is None for digit in seen.digits)
        if num_digits <= _FEW and (only := only_digit(frame, self._classifier)):
            return replace(seen, digits=[only]), []
        return seen, self._signs(candidates)

    def _signs(self, candidates: list[Candidate]) -> list[grouping.Sign]:
        """Return the separators; none where a pattern says how numbers look."""
        verdict = self._finder.verdict
        if verdict is None or self._expect is not None:
            return []
        return [
            (candidate.sign, candidate.box_xywh)
            for candidate in candidates
            if candidate.sign is not None
            and candidate.sign_share >= verdict.accept_sign
        ]

    def _upright(self, frame: NDArray[np.uint8]) -> Quarter:
        """Return the turn after which a frame shows most evidence of digits."""
        evidence = {
            turn: self._evidence(geometry.turned(frame, turn))
            for turn in geometry.QUARTERS
        }
        best = max(geometry.QUARTERS, key=lambda turn: evidence[turn])
        return best if evidence[best] > _CLEARLY * evidence[0] else 0

    def _evidence(self, frame: NDArray[np.uint8]) -> float:
        """Return the log odds of all digits of a frame, as it is turned, together.

        One sure digit says more than two that a mirror could explain, too.
        """
        digits = self._seen(frame, None)[0].digits
        return _log_odds([digit for digit in digits if digit.reject is None])


def _named(model: str | Path | None) -> str | None:
    return None if model is None else str(model)


def _is_region(roi_xywh: Box) -> bool:
    """Return whether a part of a frame is given as it should be."""
    is_whole = all(isinstance(value, int | np.integer) for value in roi_xywh)
    return is_whole and len(roi_xywh) == 4 and min(roi_xywh[2:]) > 0


def _log_odds(digits: Sequence[Digit]) -> float:
    """Return the log odds of digits together; no single one's are counted for more."""
    shares = np.clip([digit.confidence for digit in digits], 0.5, _SUREST)
    return float(np.log(shares / (1 - shares)).sum())


def _color(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frame as BGR.

    Raises:
        ValueError: An array of another shape or dtype.
    """
    gray = frame.ndim == 2
    color = frame.ndim == 3 and frame.shape[2] == 3
    if not (gray or color) or frame.dtype != np.uint8 or not frame.size:
        raise ValueError(
            f"frame of shape (H, W, 3) or (H, W) and dtype uint8 expected, got "
            f"{frame.shape} {frame.dtype}"
        )
    if gray:
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    return frame


def _part(
    frame: NDArray[np.uint8], roi_xywh: Box | None
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return the part of a frame that is read, and where it begins.

    Raises:
        ValueError: The part lies outside of the frame.
    """
    if roi_xywh is None:
        return frame, (0, 0)
    x, y, w, h = roi_xywh
    part = frame[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if not part.size:
        raise ValueError(
            f"region {x},{y},{w},{h} lies outside of the frame of {frame.shape[1]}x"
            f"{frame.shape[0]} pixels"
        )
    return part, (max(0, x), max(0, y))


def _in_reading_order(
    found: list[Digit], signs: list[grouping.Sign]
) -> tuple[list[Digit], list[Number]]:
    seen = [digit.box_xywh for digit in found]
    groups = grouping.with_signs(grouping.reading_order(seen), seen, signs)
    digits = [found[index] for group, _ in groups for index in group]
    boxes = [digit.box_xywh for digit in digits]
    labels = [digit.label for digit in digits]
    numbers, first = [], 0
    for group, between in groups:
        indexes = range(first, first + len(group))
        numbers.append(grouping.number(indexes, labels, boxes, between))
        first += len(group)
    return digits, numbers


def _expected(
    digits: list[Digit], numbers: list[Number], expect: re.Pattern[str]
) -> tuple[list[Digit], list[Number], list[Digit]]:
    """Split into digits and numbers that match, read as they match best, and others."""
    kept: list[Digit] = []
    kept_numbers: list[Number] = []
    others: list[Digit] = []
    for number in numbers:
        members = [digits[index] for index in number.digits]
        text = best_match(
            expect,
            [
                digit.alternatives or ((digit.label, digit.confidence),)
                for digit in members
            ],
        )
        if text is None:
            others += members
            continue
        indexes = tuple(range(len(kept), len(kept) + len(members)))
        kept_numbers.append(replace(number, text=text, digits=indexes))
        kept += [
            _read_as(digit, int(label))
            for digit, label in zip(members, text, strict=True)
        ]
    return kept, kept_numbers, others


def _sure(
    digits: list[Digit], numbers: list[Number], least: float
) -> tuple[list[Digit], list[Number], list[Digit]]:
    """Split into digits and numbers that are sure, and other digits.

    A number that lacks a digit would be another number.
    """
    kept: list[Digit] = []
    kept_numbers: list[Number] = []
    others: list[Digit] = []
    for number in numbers:
        members = [digits[index] for index in number.digits]
        if min(digit.confidence for digit in members) < least:
            others += members
            continue
        indexes = tuple(range(len(kept), len(kept) + len(members)))
        kept_numbers.append(replace(number, digits=indexes))
        kept += members
    return kept, kept_numbers, others


def _read_as(digit: Digit, label: int) -> Digit:
    if label == digit.label:
        return digit
    return replace(digit, label=label, confidence=dict(digit.alternatives)[label])
