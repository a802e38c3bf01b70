"""What happens to numbers over time."""

from dataclasses import dataclass
from typing import Literal

from edge_app.geometry import Box

EventKind = Literal["appeared", "settled", "changed", "gone"]


@dataclass(frozen=True)
class Event:
    """Something that happened to a number before the camera.

    Attributes:
        kind: `appeared`: seen for the first time. `settled`: what it reads is sure.
            `changed`: a settled number now reads otherwise. `gone`: no longer seen.
        time_s: When, in seconds of the source's clock.
        number_id: The same for all events of one number, never used again.
        text: Its labels from left to right.
        confidence: Of the least sure digit, 0..1.
        box_xywh: Where it was seen last, in pixels of the frame.
    """

    kind: EventKind
    time_s: float
    number_id: int
    text: str
    confidence: float
    box_xywh: Box
