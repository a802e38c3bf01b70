"""The result of reading a frame."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box, Quarter
from edge_app.find.candidate import Reject
from edge_app.layout.grouping import Number
from edge_app.live.fields.values.value import FieldReading


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes:
        box_xywh: Its bounding box in pixels of the frame.
        label: 0 to 9.
        confidence: Probability of the label, 0..1.
        alternatives: What it may be, each label with its probability, the likeliest
            first; nothing where the label is beyond doubt.
        reject: Why it is not read as a digit; `None` for a digit.
        ink: `(h, w)` uint8, its ink alone, bright on 0, as the finder saw it; `None`
            for what has none.
        image: `(28, 28)` uint8, the same as the classifier saw it.
        opinions: `(10,)` float32, the probability of each digit by one reader alone:
            `page`, the finder, `edge`, the classifier, and `context`, the second look,
            of those that saw it.

    Examples:
        >>> digit = Digit((12, 8, 20, 31), label=7, confidence=0.98)
        >>> digit.to_dict()["box_xywh"]
        [12, 8, 20, 31]
    """

    box_xywh: Box
    label: int
    confidence: float
    alternatives: tuple[tuple[int, float], ...] = ()
    reject: Reject | None = None
    ink: NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)
    image: NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)
    opinions: Mapping[str, NDArray[np.float32]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain lists and numbers for JSON, probabilities rounded."""
        return {
            "box_xywh": list(self.box_xywh),
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "alternatives": [
                [label, round(share, 4)] for label, share in self.alternatives
            ],
            **({"reject": self.reject} if self.reject else {}),
        }


@dataclass(frozen=True)
class Reading:
    """The digits and numbers that were read in one frame.

    Attributes:
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        digits: In reading order.
        numbers: What the digits spell, in reading order.
        rejects: What was seen but is not accepted as a digit, with its likeliest label.
        latency_ms: Milliseconds of `find` (which way is up, and where digits are),
            `normalize` (model inputs), `classify` (the model), `group` (digits to
            numbers), and `total`, their sum.
        rotation: Degrees clockwise by which the frame was turned to be read. Boxes lie
            where they do in the frame as it came.
        fields: Named places in it, where there are such.

    Examples:
        >>> from edge_app import Reader, read_image
        >>> reading = Reader().read(read_image("page.png"))
        >>> number = reading.numbers[0]
        >>> [reading.digits[index].label for index in number.digits]
        [2, 9, 2, 7]
        >>> sorted(reading.to_dict())[:3]
        ['digits', 'height', 'latency_ms']
    """

    width: int
    height: int
    digits: tuple[Digit, ...]
    numbers: tuple[Number, ...]
    rejects: tuple[Digit, ...]
    latency_ms: dict[str, float]
    rotation: Quarter = 0
    fields: tuple[FieldReading, ...] = ()

    def to_dict(self, *, rejects: bool = False) -> dict[str, Any]:
        """Return it as plain lists and numbers for JSON, confidences rounded.

        Args:
            rejects: Whether what was rejected is included, too.
        """
        return {
            "width": self.width,
            "height": self.height,
            "rotation": self.rotation,
            "digits": [digit.to_dict() for digit in self.digits],
            "numbers": [asdict(number) for number in self.numbers],
            **(
                {"fields": [place.to_dict() for place in self.fields]}
                if self.fields
                else {}
            ),
            **(
                {"rejects": [reject.to_dict() for reject in self.rejects]}
                if rejects
                else {}
            ),
            "latency_ms": {
                stage: round(value, 3) for stage, value in self.latency_ms.items()
            },
        }
