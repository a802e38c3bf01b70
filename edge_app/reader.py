"""A frame in, a Reading out: the whole pipeline on one page."""

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import cuts, geometry, grouping
from edge_app.classify import NUM_DIGITS, Classification, Classifier
from edge_app.cuts import Piece
from edge_app.expect import best_match
from edge_app.geometry import Box, Quarter
from edge_app.grouping import Number
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.printed import find_printed
from edge_app.segment import Region, segment
from edge_app.stages import Stages

_SURE = 0.9  # regions read with less may be cut, and alone only into pieces so sure
_WIDE = 0.65  # width over height of what may be several digits even alone
# The least share of digits in a page and in a word for their other parts to stand
# beside digits.
_LEAST_OF_PAGE, _LEAST_OF_WORD = 0.1, 0.15
_LEAST_HEIGHT = 0.5  # of the median height: less is dirt, and not counted
# A third of what models are trained on is no digit; of what stands among digits hardly
# anything.
_AMONG_DIGITS = 50.0  # times the odds of training
_MOST_TURNED = 40  # regions that decide which way is up


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes:
        box_xywh: Its bounding box in pixels of the frame.
        label: 0 to 9.
        confidence: Probability of the label, 0..1.
        alternatives: What it may be, each label with its probability, the likeliest
            first; nothing where the label is beyond doubt.
    """

    box_xywh: Box
    label: int
    confidence: float
    alternatives: tuple[tuple[int, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain lists and numbers for JSON, probabilities rounded."""
        return {
            "box_xywh": list(self.box_xywh),
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "alternatives": [
                [label, round(share, 4)] for label, share in self.alternatives
            ],
        }


@dataclass(frozen=True)
class Reading:
    """What was read in one frame.

    Attributes:
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        digits: In reading order.
        numbers: What the digits spell, in reading order.
        rejects: What was seen but is not accepted as a digit, with its likeliest label.
        latency_ms: Milliseconds of `segment`, `normalise`, `classify` and `total`.
        rotation: Degrees clockwise by which the frame was turned to be read. Boxes lie
            where they do in the frame as it came.
    """

    width: int
    height: int
    digits: tuple[Digit, ...]
    numbers: tuple[Number, ...]
    rejects: tuple[Digit, ...]
    latency_ms: dict[str, float]
    rotation: Quarter = 0

    def to_dict(self, *, rejects: bool = False) -> dict[str, Any]:
        """As plain lists and numbers for JSON, confidences and times rounded.

        Args:
            rejects: Whether what was rejected is told, too.
        """
        return {
            "width": self.width,
            "height": self.height,
            "rotation": self.rotation,
            "digits": [digit.to_dict() for digit in self.digits],
            "numbers": [asdict(number) for number in self.numbers],
            **(
                {"rejects": [each.to_dict() for each in self.rejects]}
                if rejects
                else {}
            ),
            "latency_ms": {
                stage: round(value, 3) for stage, value in self.latency_ms.items()
            },
        }


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
        beside = _beside_digits(regions, wholes)
        among = _among_digits(regions, wholes)
        several = _perhaps_several(regions, wholes, beside)
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
        threshold = self._classifier.accept_threshold
        for index in among:
            readings[index] = [
                each.likelier(_AMONG_DIGITS, accept_threshold=threshold)
                for each in readings[index]
            ]
        page = None if self._printed else upright
        accepted, rejected = _chosen(candidates, readings, beside, passed_over, page)
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


def _beside_digits(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> set[int]:
    """Indexes of the regions in words with digits, on a page that can be read."""
    boxes = [region.box_xywh for region in regions]
    least = _LEAST_HEIGHT * float(np.median([box[3] for box in boxes])) if boxes else 0
    tall = [index for index, box in enumerate(boxes) if box[3] >= least]
    if not _reads(tall, wholes, _LEAST_OF_PAGE):
        return set()
    return {
        index
        for word in grouping.words(boxes)
        if _reads(word, wholes, _LEAST_OF_WORD)
        for index in word
    }


def _among_digits(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> set[int]:
    """Indexes of the regions in rows most of which are digits beyond doubt."""
    return {
        index
        for row in grouping.reading_order([region.box_xywh for region in regions])
        if 2 * sum(wholes[each].confidence >= _SURE for each in row) > len(row) > 2
        for index in row
    }


def _reads(
    indexes: Sequence[int], wholes: Sequence[Classification], least: float
) -> bool:
    """Whether at least one of these regions, and this share of them, is a digit."""
    num_digits = sum(wholes[index].accepted for index in indexes)
    return num_digits >= max(1, least * len(indexes))


def _perhaps_several(
    regions: Sequence[Region], wholes: Sequence[Classification], beside: set[int]
) -> set[int]:
    """Indexes of the regions that may hold several touching digits.

    What is read surely stays in one piece. What is no wider than a digit is cut only
    beside a digit: most letters could be cut into ones.
    """
    found: set[int] = set()
    for index, (region, whole) in enumerate(zip(regions, wholes, strict=True)):
        _, _, width, height = region.box_xywh
        if whole.confidence < _SURE and (index in beside or width >= _WIDE * height):
            found.add(index)
    return found


def _chosen(
    candidates: Sequence[Sequence[Piece]],
    readings: Sequence[Sequence[Classification]],
    beside: set[int],
    passed_over: Sequence[Box],
    frame: NDArray[np.uint8] | None,
) -> tuple[list[Digit], list[Digit]]:
    """What each region is best read as: accepted digits, and rejected ones.

    Printed digits of `frame` are rejected; `None` to accept them.
    """
    accepted: list[Digit] = []
    rejected: list[Digit] = []
    regions: list[Region] = []  # of the accepted ones
    for number, (pieces, own) in enumerate(zip(candidates, readings, strict=True)):
        path = cuts.best(pieces, own)
        if not _is_trusted([own[index] for index in path], number in beside):
            path = [0]
        for index in path:
            reading = own[index]
            digit = Digit(
                pieces[index].region.box_xywh,
                reading.label,
                reading.confidence,
                reading.alternatives,
            )
            if reading.accepted:
                accepted.append(digit)
                regions.append(pieces[index].region)
            else:
                rejected.append(digit)
    others = grouping.mostly_rejected(
        [digit.box_xywh for digit in accepted],
        [*(digit.box_xywh for digit in rejected), *passed_over],
    )
    if frame is not None:
        others |= find_printed(frame, regions, [digit.label for digit in accepted])
    kept = [digit for index, digit in enumerate(accepted) if index not in others]
    return kept, rejected + [accepted[index] for index in sorted(others)]


def _is_trusted(pieces: Sequence[Classification], beside: bool) -> bool:
    """Whether what was cut into these pieces holds digits.

    Beside a digit, all of them must be digits or half of them digits other than ones.
    Alone, they must be sure and fewer than half of them ones: `n` falls into 1 and 7.
    """
    ones = sum(each.label == 1 for each in pieces)
    if not beside:
        return 2 * ones < len(pieces) and all(
            each.confidence >= _SURE for each in pieces
        )
    others = sum(each.accepted and each.label != 1 for each in pieces)
    return 2 * others >= len(pieces) or all(each.accepted for each in pieces)


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
