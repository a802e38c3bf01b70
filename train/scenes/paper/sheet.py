"""A page before a camera: paper, lines, ink and what lies around, and where it is."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from train.scenes.paper import around, textures
from train.scenes.paper.around import fixed
from train.scenes.setting import Bgr, Setting
from train.scenes.truth import Other, OtherKind
from train.scenes.writing import handwriting, pens, printing
from train.scenes.writing.hands import SYMBOL_KINDS, SYMBOLS, Hand
from train.scenes.writing.pens import SHIFT, Pen
from train.scenes.writing.printing import Glyph
from train.scenes.writing.written import Area, Layout, Written


@dataclass(frozen=True)
class _Edges:
    """Settings that give enlarged images of 28x28 pixels a pen's sharp edges.

    Attributes:
        ink_from: Of full ink: where the edge is.
        steepness: Of the edge, for each pixel that one of the image has become.
        stored_side_px: Of an image.
    """

    ink_from: float = 0.45
    steepness: float = 1.6
    stored_side_px: int = 28


@dataclass(frozen=True)
class _Print:
    """Print on paper: its lines, and text.

    Attributes:
        rules_bgr: Colors of ruled and squared paper.
        form_lines_bgr: Colors of tables, boxes and sudokus.
        ink_strength: How much of the paper printed text hides, 0..1.
    """

    rules_bgr: tuple[Bgr, ...] = (
        (150, 110, 80), (90, 80, 70), (60, 60, 60), (110, 90, 160)
    )  # fmt: skip
    form_lines_bgr: tuple[Bgr, ...] = (
        (50, 50, 50), (30, 30, 30), (120, 70, 40), (70, 70, 70)
    )  # fmt: skip
    ink_strength: float = 0.9


_EDGES, _PRINT = _Edges(), _Print()


class DrawnPage:
    """A sheet of paper that is being written on, as the camera sees it."""

    def __init__(
        self, setting: Setting, size_wh: tuple[int, int], rng: np.random.Generator
    ) -> None:
        """Lay down an empty sheet.

        Args:
            setting: What it is like.
            size_wh: Of the frame, in pixels.
            rng: Source of everything random.
        """
        self.setting, self.size_wh, self._rng = setting, size_wh, rng
        self.matrix = camera_matrix(setting, size_wh, rng)
        self.picture = textures.paper(size_wh, setting.paper_bgr, rng)
        if setting.creases:
            self.picture *= textures.creases(size_wh, setting.creases, rng)[..., None]
        if setting.show_through:
            self._show_through()
        self._ink = np.zeros(size_wh[::-1], np.float32)
        self._is_inked = False
        self._coverage = np.zeros(size_wh[::-1], np.float32)
        self.others: list[Other] = []

    @property
    def digit_ink(self) -> NDArray[np.uint8]:
        """Return how much ink of digits covers each pixel: `(H, W)`, 0..255."""
        return np.asarray(np.rint(self._coverage * 255), np.uint8)

    def rule(self, layout: Layout) -> None:
        """Print the lines and dots of the paper."""
        unit = self.size_wh[1] / 480
        lines = np.zeros(self.size_wh[::-1], np.uint8)
        thick = max(1, round(unit * self._rng.choice([1, 1, 1.5, 2])))
        for segments, width in ((layout.segments, thick), (layout.bold, 3 * thick)):
            for segment in segments:
                start, end = fixed(np.array(segment), self.matrix)
                cv2.line(lines, start, end, 255, width, cv2.LINE_AA, SHIFT)
        radius = round(unit * self._rng.uniform(0.6, 1.3) * (1 << SHIFT))
        for x, y in fixed(np.array(layout.dots), self.matrix) if layout.dots else ():
            cv2.circle(lines, (x, y), radius, 255, cv2.FILLED, cv2.LINE_AA, SHIFT)
        is_form = self.setting.ground in ("table", "boxes", "sudoku")
        colors = _PRINT.form_lines_bgr if is_form else _PRINT.rules_bgr
        strength = self.setting.line_strength / 255
        self._lay(lines * np.float32(strength), colors[self._rng.integers(len(colors))])

    def print_cells(self, layout: Layout) -> list[Box]:
        """Print what is printed between the lines; returns the boxes of its digits."""
        layer = np.zeros(self.size_wh[::-1], np.uint8)
        font = int(self._rng.integers(printing.NUM_FONTS))
        glyphs = [
            glyph
            for text, place, size in layout.printed
            for glyph in printing.line(layer, text, place, size, font, self.matrix)
        ]
        self._lay(layer * np.float32(_PRINT.ink_strength / 255), (30, 30, 30))
        return self._printed(glyphs)

    def write(self, digit: Written) -> Box | None:
        """Write a digit; returns the box of its ink in the frame."""
        self._is_inked = True
        if digit.image is not None:
            return self._write_image(digit, digit.image)
        return self._stroke(
            digit.strokes, self.setting.pen, digit.height, self._coverage
        )

    def write_letters(self, area: Area, real: Hand | None = None) -> None:
        """Fill a place with handwritten words, of a real hand or of our own."""
        if real is not None:
            self._write_words(area, real)
            return
        x, y, width, height = area
        hand = handwriting.writer(self._rng)
        right = x + width
        while x + height < right:
            for _ in range(int(self._rng.integers(3, 8))):
                if x + 0.8 * height > right:
                    break
                name = handwriting.LETTERS[self._rng.integers(len(handwriting.LETTERS))]
                letter = handwriting.letter(name, hand, self._rng)
                x = self._place(letter, x, y, height, "letter") + 0.2 * height
            x += 0.7 * height

    def _write_words(self, area: Area, real: Hand) -> None:
        x, y, width, height = area
        right = x + width
        while x + height < right:
            draw = self._rng.random()
            kind: OtherKind = "letter"
            if draw < 0.6:
                strokes = real.word(self._rng)
            elif draw < 0.85:
                strokes = real.letter(self._rng)
            else:
                name = SYMBOLS[self._rng.integers(len(SYMBOLS))]
                strokes, kind = (
                    real.symbol(name, self._rng),
                    SYMBOL_KINDS.get(name, "symbol"),
                )
            reach = float(max(stroke[:, 0].max() for stroke in strokes)) * height
            if x + reach < right:
                self._place(strokes, x, y, height, kind)
            x += reach + height * self._rng.uniform(0.15, 0.8)

    def scribble(self, area: Area) -> None:
        """Fill a place with scribbles."""
        x, y, width, height = area
        right = x + width
        while x + height < right:
            size = height * self._rng.uniform(0.7, 1.4)
            x = self._place(handwriting.scribble(self._rng), x, y, size, "symbol")
            x += height * self._rng.uniform(0.5, 1.2)

    def print_text(self, area: Area) -> list[Box]:
        """Fill a place with printed text; returns the boxes of its digits."""
        x, y, width, height = area
        layer = np.zeros(self.size_wh[::-1], np.uint8)
        size = height * self._rng.uniform(0.45, 1.1)
        font = int(self._rng.integers(printing.NUM_FONTS))
        glyphs = []
        for top in np.arange(y, y + height - 0.5 * size, 1.25 * size):
            text = printing.words(
                self._rng, max(1, int(width / (4.2 * size))), numbers=True
            )
            place = (x, float(top) + 0.8 * size)
            glyphs += printing.line(layer, text, place, size, font, self.matrix)
        color = ((30, 30, 30), (60, 40, 40), (140, 70, 30))[self._rng.integers(3)]
        self._lay(layer * np.float32(_PRINT.ink_strength / 255), color)
        return self._printed(glyphs)

    def finish(self) -> NDArray[np.float32]:
        """Return the page with its ink, and with what lies around and on it."""
        if self._is_inked:
            ink = np.array(self.setting.ink_bgr, np.float32)
            paper = np.array(self.setting.paper_bgr, np.float32)
            self._lay(self._ink, paper + self.setting.contrast * (ink - paper))
        if self.setting.desk:
            around.put_on_desk(self.picture, self.matrix, self._rng)
        if self.setting.fingers:
            around.hold(self.picture, self._rng)
        return self.picture

    def _show_through(self) -> None:
        """Let the text on the sheet's other side shine through, mirrored and soft."""
        width, height = self.size_wh
        layer = np.zeros((height, width), np.uint8)
        size = height * self._rng.uniform(0.03, 0.08)
        font = int(self._rng.integers(printing.NUM_FONTS))
        for y in np.arange(2 * size, height, 1.5 * size):
            text = printing.words(self._rng, int(width / (4 * size)), numbers=True)
            printing.line(layer, text, (0.05 * width, y), size, font, self.matrix)
        soft = cv2.GaussianBlur(layer[:, ::-1], (0, 0), height / 400)
        strength = np.float32(self.setting.show_through / 255)
        self._lay(soft.astype(np.float32) * strength, (60, 60, 60))

    def _printed(self, glyphs: list[Glyph]) -> list[Box]:
        """Note what was printed; returns the boxes of its digits."""
        self.others += [Other(glyph.box, "print") for glyph in glyphs]
        return [glyph.box for glyph in glyphs if glyph.is_digit]

    def _place(
        self,
        strokes: handwriting.Strokes,
        x: float,
        y: float,
        height: float,
        kind: OtherKind,
    ) -> float:
        """Write something that is no digit at a place; returns its right end."""
        self._is_inked = True
        placed = [(stroke * height + (x, y)).astype(np.float32) for stroke in strokes]
        box = self._stroke(placed, self.setting.pen, height)
        if box is not None:
            self.others.append(Other(box, kind))
        return float(max(stroke[:, 0].max() for stroke in placed))

    def _stroke(
        self,
        strokes: handwriting.Strokes,
        pen: Pen,
        height: float,
        coverage: NDArray[np.float32] | None = None,
    ) -> Box | None:
        seen = [
            cv2.perspectiveTransform(stroke[None], self.matrix)[0] for stroke in strokes
        ]
        return pens.draw(self._ink, seen, pen, height, self._rng, coverage)

    def _write_image(self, digit: Written, image: NDArray[np.uint8]) -> Box | None:
        corners = cv2.perspectiveTransform(digit.strokes[0][None, :4], self.matrix)[0]
        patch, place = warped(image, corners)
        return pens.blend(
            self._ink,
            patch,
            place,
            self.setting.pen,
            self._rng,
            self._coverage,
        )

    def _lay(
        self, layer: NDArray[np.float32], color: Bgr | NDArray[np.float32]
    ) -> None:
        self.picture += layer[..., np.newaxis] * (
            np.array(color, np.float32) - self.picture
        )


def camera_matrix(
    setting: Setting, size_wh: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the `(3, 3)` map from a page's pixels to a frame's."""
    width, height = size_wh
    turn = math.radians(setting.tilt_deg + setting.slope_deg)
    rotation = np.array(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    )
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    middle = np.array([width / 2, height / 2])
    moved = (corners - middle) @ rotation.T + middle
    moved += rng.normal(0, setting.perspective * height / 2, moved.shape)
    return np.asarray(
        cv2.getPerspectiveTransform(
            corners.astype(np.float32), moved.astype(np.float32)
        ),
        np.float64,
    )


def warped(
    image: NDArray[np.uint8], corners: NDArray[np.float32]
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Return an image of a digit as a pen would have left it in the frame.

    Args:
        image: Of a digit of MNIST, cut at its ink.
        corners: `(4, 2)`: where its corners are in the frame, clockwise.

    Returns:
        Its coverage, 0..1, and where in the frame that patch begins, as x and y.
    """
    margin = 2
    x0, y0 = np.floor(corners.min(axis=0)).astype(int) - margin
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + margin
    h, w = image.shape
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) + 1.5
    to_patch = cv2.getPerspectiveTransform(
        source, (corners - (x0, y0)).astype(np.float32)
    )
    padded = cv2.copyMakeBorder(image, 2, 2, 2, 2, cv2.BORDER_CONSTANT)
    size_wh = int(x1 - x0), int(y1 - y0)
    patch = cv2.warpPerspective(padded, to_patch, size_wh, flags=cv2.INTER_CUBIC)
    # Enlarged, 28x28 pixels have soft edges; a pen's are sharp.
    steepness = max(1.0, _EDGES.steepness * size_wh[1] / _EDGES.stored_side_px)
    beyond = patch.astype(np.float32) / 255 - _EDGES.ink_from
    sharp = np.clip(beyond * steepness + 0.5, 0, 1)
    return np.asarray(sharp, np.float32), (int(x0), int(y0))
