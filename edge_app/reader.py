"""A frame in, a Reading out: the whole pipeline on one page."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import cuts, grouping
from edge_app.classify import Classification, Classifier
from edge_app.cuts import Piece
from edge_app.grouping import Box, Number
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.segment import segment


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes:
        box_xywh: Its bounding box in pixels of the frame.
        label: 0 to 9.
        confidence: Probability of the label, 0..1.
    """

    box_xywh: Box
    label: int
    confidence: float


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
    """

    width: int
    height: int
    digits: tuple[Digit, ...]
    numbers: tuple[Number, ...]
    rejects: tuple[Digit, ...]
    latency_ms: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """As plain lists and numbers for JSON, confidences and times rounded."""
        return {
            "width": self.width,
            "height": self.height,
            "digits": [
                {**asdict(digit), "confidence": round(digit.confidence, 4)}
                for digit in self.digits
            ],
            "numbers": [asdict(number) for number in self.numbers],
            "latency_ms": {
                stage: round(value, 3) for stage, value in self.latency_ms.items()
            },
        }


class Reader:
    """Reads the digits in frames with one classifier."""

    def __init__(self, classifier: Classifier) -> None:
        """Read with `classifier`, from `edge_app.classify.load`."""
        self._classifier = classifier

    def read(self, frame: NDArray[np.uint8]) -> Reading:
        """Read one frame.

        Args:
            frame: `(H, W, 3)` uint8, BGR, or `(H, W)` grey.

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
            frame = np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
        started = time.perf_counter()
        candidates = [cuts.pieces(region) for region in segment(frame)]
        segmented = time.perf_counter()
        images = [normalise(each.region.ink) for some in candidates for each in some]
        stacked = np.array(images, np.uint8).reshape(-1, INPUT_SIZE, INPUT_SIZE)
        inputs = to_model_input(stacked)
        normalised = time.perf_counter()
        readings = self._classifier(inputs)
        classified = time.perf_counter()

        accepted, rejected = _chosen(candidates, readings)
        digits, numbers = _in_reading_order(accepted)
        ended = time.perf_counter()
        return Reading(
            width=frame.shape[1],
            height=frame.shape[0],
            digits=tuple(digits),
            numbers=tuple(numbers),
            rejects=tuple(rejected),
            latency_ms={
                "segment": 1000 * (segmented - started),
                "normalise": 1000 * (normalised - segmented),
                "classify": 1000 * (classified - normalised),
                "total": 1000 * (ended - started),
            },
        )


def _chosen(
    candidates: Sequence[Sequence[Piece]], readings: Sequence[Classification]
) -> tuple[list[Digit], list[Digit]]:
    """What each region is best read as: accepted digits, and rejected ones."""
    accepted: list[Digit] = []
    rejected: list[Digit] = []
    first = 0
    for pieces in candidates:
        own = readings[first : first + len(pieces)]
        first += len(pieces)
        for index in cuts.best(pieces, own):
            reading = own[index]
            box = pieces[index].region.box_xywh
            digit = Digit(box, reading.label, reading.confidence)
            (accepted if reading.accepted else rejected).append(digit)
    return accepted, rejected


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
