"""The stages of reading, as pictures of what each of them saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.draw import FONT, ink_alone
from edge_app.model.normalize import INPUT_SIZE
from edge_app.reading import Digit


@dataclass(frozen=True)
class _StageConstants:
    """The looks of the stages' pictures.

    Attributes:
        inputs_a_row: Model inputs that stand side by side.
        input_scale: Pixels of a side of each of an input's.
        line_px: Height of a line of a caption.
        caption_lines: Under each input: verdict, three readers, place.
        accepted_bgr: Color of digits.
        rejected_bgr: Color of what is none.
    """

    inputs_a_row: int = 16
    input_scale: int = 3
    line_px: int = 13
    caption_lines: int = 5
    accepted_bgr: tuple[int, int, int] = (60, 160, 0)
    rejected_bgr: tuple[int, int, int] = (60, 60, 220)


_STAGE = _StageConstants()


class Stages:
    """Pictures by stage, in the order in which the stages were passed."""

    def __init__(self) -> None:
        """Start with no stage."""
        self.pictures: dict[str, NDArray[np.uint8]] = {}

    def add_candidates(self, frame: NDArray[np.uint8], judged: Sequence[Digit]) -> None:
        """Draw all that was found: its ink, and over the frame why it is no digit."""
        self.pictures["ink"] = ink_alone(frame, judged)
        picture = frame.copy()
        for digit in judged:
            x, y, w, h = digit.box_xywh
            color = _STAGE.rejected_bgr if digit.reject else _STAGE.accepted_bgr
            cv2.rectangle(picture, (x, y), (x + w, y + h), color, 1)
            if digit.image is None:  # print is dense, and its verdict always the same
                continue
            text = digit.reject or str(digit.label)
            cv2.putText(picture, text, (x, y - 2), FONT, 0.4, color, 1, cv2.LINE_AA)
        self.pictures["candidates"] = picture

    def add_inputs(self, read: Sequence[Digit]) -> None:
        """Lay the model's inputs out: what is read, what each reader says, and where.

        Under each stand its label and confidence in percent, `?` for a reject; the same
        as each reader by itself says it; and its box's corner, in pixels of the frame.
        """
        seen = [(digit, digit.image) for digit in read if digit.image is not None]
        size = INPUT_SIZE * _STAGE.input_scale
        height = size + _STAGE.caption_lines * _STAGE.line_px
        rows = max(1, -(-len(seen) // _STAGE.inputs_a_row))
        sheet = np.zeros((rows * height, _STAGE.inputs_a_row * size), np.uint8)
        for index, (reading, image) in enumerate(seen):
            row, column = divmod(index, _STAGE.inputs_a_row)
            top, left = row * height, column * size
            enlarged = cv2.resize(image, (size, size), interpolation=cv2.INTER_NEAREST)
            sheet[top : top + size, left : left + size] = enlarged
            for line, text in enumerate(_caption(reading), start=1):
                place = left + 2, top + size + line * _STAGE.line_px - 3
                cv2.putText(sheet, text, place, FONT, 0.32, 255, 1, cv2.LINE_AA)
        self.pictures["inputs"] = sheet


def _caption(digit: Digit) -> list[str]:
    """Return what stands under a digit, line by line."""
    mark = "?" if digit.reject else ""
    x, y, _, _ = digit.box_xywh
    return [
        f"{digit.label}{mark} {100 * digit.confidence:.0f}%",
        *(
            f"{reader} {said.argmax()} {100 * said.max():.0f}%"
            for reader, said in digit.opinions.items()
        ),
        f"at {x},{y}",
    ]
