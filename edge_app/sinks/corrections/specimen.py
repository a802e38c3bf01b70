"""A number as it was read: what a person may correct."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.draw import cut
from edge_app.common.geometry import Box, Quarter
from edge_app.layout.grouping import Number
from edge_app.reading import Reading


@dataclass(frozen=True)
class _SpecimenPicture:
    """The picture of a number that a person may correct.

    Attributes:
        height_px: At most.
        widest_heights: Its width at most, in its height.
        jpeg_quality: Of 100.
    """

    height_px: int = 96
    widest_heights: int = 8
    jpeg_quality: int = 90


_SPECIMEN = _SpecimenPicture()


@dataclass(frozen=True)
class Specimen:
    """One number that was read.

    Attributes:
        name: Unlike any other's: when it was read (UTC), and which number it was.
        text: Its digits from left to right, without separators.
        images: `(28, 28)` uint8 of each digit, as the classifier saw it; none where
            that of any of them is not known.
        picture: The number with what is around it, a JPEG file.
    """

    name: str
    text: str
    images: tuple[NDArray[np.uint8], ...]
    picture: bytes


def of_numbers(
    frame: NDArray[np.uint8], reading: Reading, *, time_s: float
) -> Iterator[Specimen]:
    """Yield the specimen of each number that was read in a frame.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        reading: What was read in it.
        time_s: When, in seconds since 1970.
    """
    for index, number in enumerate(reading.numbers):
        yield of_number(frame, reading, number, time_s=time_s, index=index)


def of_number(
    frame: NDArray[np.uint8],
    reading: Reading,
    number: Number,
    *,
    time_s: float,
    index: int,
) -> Specimen:
    """Return the specimen of a number.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        reading: What was read in it.
        number: One of the reading's.
        time_s: When it was read, in seconds since 1970.
        index: Which of those that were read then.
    """
    digits = [reading.digits[place] for place in number.digits]
    images = tuple(digit.image for digit in digits if digit.image is not None)
    when = datetime.fromtimestamp(time_s, UTC).strftime("%Y%m%d-%H%M%S-%f")
    small = shown(
        frame,
        number.box_xywh,
        height=_SPECIMEN.height_px,
        widest=_SPECIMEN.widest_heights,
        turn=reading.rotation,
    )
    _, picture = cv2.imencode(
        ".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _SPECIMEN.jpeg_quality]
    )
    return Specimen(
        name=f"{when}-{index}",
        text="".join(str(digit.label) for digit in digits),
        images=images if len(images) == len(digits) else (),
        picture=picture.tobytes(),
    )


def shown(
    frame: NDArray[np.uint8],
    box_xywh: Box,
    *,
    height: int,
    widest: int,
    turn: Quarter = 0,
) -> NDArray[np.uint8]:
    """Return a part of a frame with some margin, small and upright.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        box_xywh: The part.
        height: Pixels of what is returned, at most.
        widest: Width of it, in its height, at most.
        turn: Degrees clockwise that make it upright.
    """
    crop = cut(frame, box_xywh)
    if crop is None:  # it has moved out of the frame
        return np.full((1, 1, 3), 255, np.uint8)
    crop = geometry.turned(crop, turn)
    rows, columns = crop.shape[:2]
    scale = min(1.0, height / rows, widest * height / columns)
    size_wh = max(1, round(columns * scale)), max(1, round(rows * scale))
    return np.asarray(cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
