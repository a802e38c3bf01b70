"""A meter before a camera: a face with print, dials and two windows with numbers."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.live.fields.field import Field
from train.data.mnist import Split

_WHEEL_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WINDOWS = {"volume": (250, 190, 300, 90, 5), "week": (310, 340, 180, 72, 3)}


@dataclass(frozen=True)
class _MeterConstants:
    """Sizes and ink of what the camera sees.

    Attributes:
        frame_wh: Of the camera, in pixels.
        wall_px: Of wall on each side that a knock brings into view.
        digit_of_window: Height of a digit's 28 pixels, of its window's.
        ink_bgr: Of the digits.
    """

    frame_wh: tuple[int, int] = (800, 600)
    wall_px: int = 100
    digit_of_window: float = 0.72
    ink_bgr: tuple[int, int, int] = (45, 45, 50)


_METER = _MeterConstants()


@dataclass(frozen=True)
class Meter:
    """One meter, on a wall that is larger than what the camera sees.

    Attributes:
        wall: `(H, W, 3)` uint8, BGR.
        numbers: What stands in each window, by the name of its field.
    """

    wall: NDArray[np.uint8]
    numbers: dict[str, str]


def fields() -> tuple[Field, ...]:
    """Return the fields of every meter, in fractions of the frame."""
    width, height = _METER.frame_wh
    return tuple(
        Field(
            name,
            (x / width, y / height, w / width, h / height),
            pattern=f"[0-9]{{{count}}}",
        )
        for name, (x, y, w, h, count) in _WINDOWS.items()
    )


def draw(digits: Split, rng: np.random.Generator, *, face_seed: int) -> Meter:
    """Return a meter with handwritten numbers.

    Args:
        digits: What they are made of.
        rng: Chooses them.
        face_seed: Of the face and the wall, which stay while the numbers change.
    """
    wall = _face(np.random.default_rng(face_seed))
    numbers = {}
    for name, (x, y, w, h, count) in _WINDOWS.items():
        chosen = rng.integers(len(digits), size=count)
        side = round(_METER.digit_of_window * h)
        step = w / count
        for place, index in enumerate(chosen):
            ink = cv2.resize(digits.images[index], (side, side)).astype(float) / 255
            left = _METER.wall_px + round(x + (place + 0.5) * step - side / 2)
            top = _METER.wall_px + y + (h - side) // 2
            part = wall[top : top + side, left : left + side]
            mixed = (
                part * (1 - ink[..., None]) + np.array(_METER.ink_bgr) * ink[..., None]
            )
            part[:] = mixed.astype(np.uint8)
        numbers[name] = "".join(str(digits.labels[index]) for index in chosen)
    return Meter(wall, numbers)


def seen(
    meter: Meter,
    *,
    shift_xy: tuple[float, float] = (0.0, 0.0),
    degrees: float = 0.0,
    brightness: float = 1.0,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Return the frame of a camera that was knocked.

    Args:
        meter: What it sees.
        shift_xy: By how much, in fractions of the frame.
        degrees: By how much it is turned about the frame's middle.
        brightness: Factor of the light.
        rng: Of the noise.
    """
    width, height = _METER.frame_wh
    middle = _METER.wall_px + width / 2, _METER.wall_px + height / 2
    motion = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    motion[:, 2] += np.multiply(shift_xy, _METER.frame_wh) - _METER.wall_px
    frame = cv2.warpAffine(
        meter.wall, motion, _METER.frame_wh, borderMode=cv2.BORDER_REFLECT
    )
    noisy = brightness * frame + rng.normal(0, 4, frame.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _face(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a wall with an empty meter on it."""
    width, height = (side + 2 * _METER.wall_px for side in _METER.frame_wh)
    coarse = rng.normal(150, 5, (height // 24, width // 24)).astype(np.float32)
    plain = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    rough = np.clip(plain + rng.normal(0, 2, plain.shape), 0, 255).astype(np.uint8)
    wall = np.asarray(cv2.cvtColor(rough, cv2.COLOR_GRAY2BGR), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(_METER.wall_px + x), round(_METER.wall_px + y)

    cv2.rectangle(wall, at(130, 70), at(670, 540), (205, 214, 216), cv2.FILLED)
    cv2.rectangle(wall, at(130, 70), at(670, 540), (90, 96, 98), 4)
    for x, y in ((160, 100), (640, 100), (160, 510), (640, 510)):
        cv2.circle(wall, at(x, y), 11, (120, 125, 128), cv2.FILLED)
        cv2.line(wall, at(x - 7, y - 4), at(x + 7, y + 4), (60, 60, 60), 2)
    serial = rng.integers(10**7, 10**8)
    for text, x, y, size in (
        ("WATER METER", 290, 140, 0.9),
        (f"No {serial}", 300, 170, 0.5),
        ("Qn 1.5 m3/h   40 C", 270, 310, 0.5),
        ("m3", 562, 245, 0.8),
        ("WEEK", 235, 385, 0.6),
    ):
        cv2.putText(
            wall, text, at(x, y), _WHEEL_FONT, size, (70, 60, 55), 1, cv2.LINE_AA
        )
    for x in (220, 400, 580):
        _dial(wall, at(x, 475), rng.uniform(0, 360))
    for x, y, w, h, _ in _WINDOWS.values():
        cv2.rectangle(wall, at(x, y), at(x + w, y + h), (248, 249, 247), cv2.FILLED)
        cv2.rectangle(wall, at(x - 3, y - 3), at(x + w + 3, y + h + 3), (50, 50, 50), 3)
    return wall


def _dial(wall: NDArray[np.uint8], middle: tuple[int, int], degrees: float) -> None:
    cv2.circle(wall, middle, 34, (70, 70, 70), 2, cv2.LINE_AA)
    for turn in np.radians(np.arange(0, 360, 36)):
        direction = np.array([np.cos(turn), np.sin(turn)])
        start, end = (np.round(middle + r * direction).astype(int) for r in (28, 33))
        cv2.line(wall, start.tolist(), end.tolist(), (70, 70, 70), 2)
    hand = middle + 24 * np.array([np.cos(degrees), np.sin(degrees)])
    cv2.line(wall, middle, np.round(hand).astype(int).tolist(), (40, 40, 190), 3)
