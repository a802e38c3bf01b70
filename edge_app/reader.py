"""A frame in, a Reading out: the whole pipeline on one page."""

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import choose, cuts, geometry, grouping
from edge_app.classify import NUM_DIGITS, Classification, Classifier
from edge_app.cuts import Piece
from edge_app.expect import best_match
from edge_app.geometry import Box, Quarter
from edge_app.grouping import Number
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.reading import Digit, Reading
from edge_app.segment import segment
from edge_app.stages import Stages

_MOST_TURNED = 40  # regions that decide which way is up


@dataclass
class _Clock:
    """Seconds spent so far."""

    normalise_s: float = 0.0
    classify_s: float = 0.0


class Reader:
    """Reads the digits in frames with one classifier."""

    def __init__(
        self,
        classifier: Classifier,
        *,
        roi_xywh: Box | None = None,
        rotate: Quarter | Literal["auto"] = 0,
        expect: str | None = None,
        printed: bool = False,
    ) -> None:
        """Read with a classifier.

        Args:
            classifier: From `edge_app.classify.load`.
            roi_xywh: The part of each frame that is read, before it is turned; `None`
                for all of it.
            rotate: Degrees clockwise by which frames are turned to be upright; `auto`
                finds them out from what reads best.
            expect: A regular expression that a number must match whole; others are
                rejected. `None` for any number.
            printed: Whether printed digits are read, too, where they can be told from
                handwritten ones; else they are rejected.

        Raises:
            ValueError: The pattern is no regular expression.
        """
        self._classifier = classifier
        self._roi_xywh = roi_xywh
        self._rotate = rotate
        self._printed = printed
        try:
            self._expect = None if expect is None else re.compile(expect)
        except re.error as error:
            raise ValueError(
                f"{expect!r}: not a regular expression ({error})"
            ) from error

    def read(
        self,
        frame: NDArray[np.uint8],
        *,
        rotate: Quarter | None = None,
        stages: Stages | None = None,
    ) -> Reading:
        """Read one frame.

        Args:
            frame: `(H, W, 3)` uint8, BGR, or `(H, W)` grey.
            rotate: Degrees clockwise by which this frame is turned, instead of the
                reader's own.
            stages: Filled with a picture of each stage.

        Raises:
            ValueError: An array of another shape or dtype.
        """
        started = time.perf_counter()
        frame = _colour(frame)
        part, offset_xy = _part(frame, self._roi_xywh)
        chosen = self._rotate if rotate is None else rotate
        rotation = self._upright(part) if chosen == "auto" else chosen
        upright = geometry.turned(part, rotation)
        passed_over: list[Box] = []
        regions = segment(upright, stages, passed_over=passed_over)
        segmented = time.perf_counter()
        clock = _Clock()
        wholes = self._classified([region.ink for region in regions], clock)
        context = choose.context(regions, wholes)
        several = choose.perhaps_several(regions, wholes, context)
        candidates = [
            cuts.pieces(region) if index in several else [Piece(0, 1, region)]
            for index, region in enumerate(regions)
        ]
        parts = [each.region.ink for some in candidates for each in some[1:]]
        of_parts = iter(self._classified(parts, clock))
        readings = [
            [whole, *itertools.islice(of_parts, len(some) - 1)]
            for whole, some in zip(wholes, candidates, strict=True)
        ]
        accepted, rejected = choose.chosen(
            candidates,
            readings,
            context,
            passed_over,
            upright,
            printed=self._printed,
            accept_threshold=self._classifier.accept_threshold,
        )
        if stages is not None:
            boxes = [each.region.box_xywh for some in candidates for each in some]
            stages.add_cuts(upright, boxes)
            stages.add_inputs(
                [normalise(each.region.ink) for some in candidates for each in some],
                [each for some in readings for each in some],
            )
        digits, numbers = _in_reading_order(accepted)
        if self._expect is not None:
            digits, numbers, others = _expected(digits, numbers, self._expect)
            rejected += others

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
                replace(each, box_xywh=placed(each.box_xywh)) for each in digits
            ),
            numbers=tuple(
                replace(each, box_xywh=placed(each.box_xywh)) for each in numbers
            ),
            rejects=tuple(
                replace(each, box_xywh=placed(each.box_xywh)) for each in rejected
            ),
            latency_ms={
                "segment": 1000 * (segmented - started),
                "normalise": 1000 * clock.normalise_s,
                "classify": 1000 * clock.classify_s,
                "total": 1000 * (ended - started),
            },
            rotation=rotation,
        )

    def _classified(
        self, inks: Sequence[NDArray[np.uint8]], clock: "_Clock"
    ) -> Sequence[Classification]:
        """What the model says of each ink; `clock` is told how long it took."""
        started = time.perf_counter()
        images = [normalise(ink) for ink in inks]
        stacked = np.array(images, np.uint8).reshape(-1, INPUT_SIZE, INPUT_SIZE)
        inputs = to_model_input(stacked)
        normalised = time.perf_counter()
        readings = self._classifier(inputs)
        clock.normalise_s += normalised - started
        clock.classify_s += time.perf_counter() - normalised
        return readings

    def _upright(self, frame: NDArray[np.uint8]) -> Quarter:
        """The turn after which a frame's regions read best."""
        regions = segment(frame)
        regions = sorted(regions, key=lambda each: -each.ink.shape[0])[:_MOST_TURNED]
        if not regions:
            return 0
        images = [
            normalise(geometry.turned(region.ink, rotation))
            for rotation in geometry.QUARTERS
            for region in regions
        ]
        scores = self._classifier.scores(to_model_input(np.stack(images)))
        confidences = scores[:, :NUM_DIGITS].max(axis=1).reshape(4, -1)
        return geometry.QUARTERS[int(confidences.mean(axis=1).argmax())]


def _colour(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The frame as BGR.

    Raises:
        ValueError: An array of another shape or dtype.
    """
    grey = frame.ndim == 2
    colour = frame.ndim == 3 and frame.shape[2] == 3
    if not (grey or colour) or frame.dtype != np.uint8 or not frame.size:
        raise ValueError(
            f"frame of shape (H, W, 3) or (H, W) and dtype uint8 expected, got "
            f"{frame.shape} {frame.dtype}"
        )
    if grey:
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    return frame


def _part(
    frame: NDArray[np.uint8], roi_xywh: Box | None
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The part of a frame that is read, and where it begins.

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


def _in_reading_order(found: list[Digit]) -> tuple[list[Digit], list[Number]]:
    groups = grouping.reading_order([digit.box_xywh for digit in found])
    digits = [found[index] for group in groups for index in group]
    boxes = [digit.box_xywh for digit in digits]
    labels = [digit.label for digit in digits]
    numbers, first = [], 0
    for group in groups:
        own = range(first, first + len(group))
        numbers.append(grouping.number(own, labels, boxes))
        first += len(group)
    return digits, numbers


def _expected(
    digits: list[Digit], numbers: list[Number], expect: re.Pattern[str]
) -> tuple[list[Digit], list[Number], list[Digit]]:
    """The digits and numbers that match, read as they match best, and other digits."""
    kept: list[Digit] = []
    kept_numbers: list[Number] = []
    others: list[Digit] = []
    for number in numbers:
        own = [digits[index] for index in number.digits]
        text = best_match(
            expect,
            [each.alternatives or ((each.label, each.confidence),) for each in own],
        )
        if text is None:
            others += own
            continue
        indexes = tuple(range(len(kept), len(kept) + len(own)))
        kept_numbers.append(replace(number, text=text, digits=indexes))
        kept += [
            _read_as(each, int(label)) for each, label in zip(own, text, strict=True)
        ]
    return kept, kept_numbers, others


def _read_as(digit: Digit, label: int) -> Digit:
    if label == digit.label:
        return digit
    return replace(digit, label=label, confidence=dict(digit.alternatives)[label])
