"""A page on which things are drawn one after the other, with the truth about them."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box, BoxF
from train.scenes.composed.picture.view import PageView, fixed
from train.scenes.composed.text import typesetting
from train.scenes.composed.text.typesetting import Font
from train.scenes.paper.sheet import warped
from train.scenes.paper.textures import FloatPicture
from train.scenes.setting import Bgr
from train.scenes.truth import LabeledDigit, Other, OtherKind
from train.scenes.writing import pens
from train.scenes.writing.pens import SHIFT, Pen
from train.scenes.writing.printing import Glyph
from train.scenes.writing.written import Written

DrawnLine = tuple[tuple[float, float], tuple[float, float]]


class Canvas:
    """A page as a camera sees it.

    Attributes:
        picture: `(H, W, 3)` float32, BGR.
        coverage: `(H, W)` float32: ink of digits, 0..1.
        digits: The digits that count.
        soft: Digits that the border cuts, and printed ones.
        others: What else is written and printed.
    """

    def __init__(
        self,
        picture: FloatPicture,
        view: PageView,
        rng: np.random.Generator,
        *,
        paper_bgr: Bgr,
        is_paper: NDArray[np.float32] | None = None,
    ) -> None:
        """Begin with empty paper.

        Args:
            picture: The paper, `(H, W, 3)` float32; changed in place.
            view: How the page is seen.
            rng: Source of everything random.
            paper_bgr: The paper's color.
            is_paper: `(H, W)`, 0..1: where one can print; `None` for everywhere.
        """
        self.picture, self.view, self._rng = picture, view, rng
        self._paper, self._is_paper = np.array(paper_bgr, np.float32), is_paper
        shape = picture.shape[0], picture.shape[1]
        self._ink = np.zeros(shape, np.float32)
        self.coverage = np.zeros(shape, np.float32)
        self.digits: list[LabeledDigit] = []
        self.soft: list[BoxF] = []
        self.others: list[Other] = []

    def write(self, written: Written, pen: Pen) -> int | None:
        """Write a digit; returns its index among `digits`, or `None` if it is cut."""
        box = self._drawn(written, pen, self.coverage)
        if box is None:
            return None
        height, width = self.coverage.shape
        x, y, w, h = box
        if x < 1 or y < 1 or x + w >= width or y + h >= height:
            self.soft.append(box)
            return None
        self.digits.append(LabeledDigit(box, written.label))
        return len(self.digits) - 1

    def add(self, written: Written, pen: Pen, kind: OtherKind) -> None:
        """Write something that is no digit."""
        box = self._drawn(written, pen, None)
        if box is not None:
            self.others.append(Other(box, kind))

    def dry(self, bgr: Bgr, contrast: float = 1.0) -> None:
        """Lay what was written since the last time onto the paper, in a color."""
        ink = np.array(bgr, np.float32)
        if contrast != 1:
            ink = self._paper + contrast * (ink - self._paper)
        self.lay(self._ink, ink)
        self._ink = np.zeros_like(self._ink)

    def lay(self, layer: NDArray[np.float32], bgr: Bgr | NDArray[np.float32]) -> None:
        """Lay a color where a layer, 0..1, says so: ink leaves dark print dark."""
        window = _extent(layer)
        if window is None:
            return
        picture, color = self.picture[window], np.array(bgr, np.float32)
        share = layer[window]
        if self._is_paper is not None:
            share = share * self._is_paper[window]
        laid = picture + share[..., np.newaxis] * (color - picture)
        is_dark = color.mean() < self._paper.mean()
        (np.minimum if is_dark else np.maximum)(picture, laid, out=picture)

    def rule(
        self, lines: list[DrawnLine], bgr: Bgr, *, strength: float, width: float
    ) -> None:
        """Draw lines of a width in pixels."""
        if not lines:
            return
        layer = np.zeros(self._ink.shape, np.uint8)
        share = 1.0 if width >= 1 else width  # OpenCV's thinnest line is a pixel wide
        thick = max(1, round(width))
        courses = [fixed(course) for course in self.view.courses(lines)]
        cv2.polylines(layer, courses, False, 255, thick, cv2.LINE_AA, SHIFT)
        self.lay(layer * np.float32(strength * share / 255), bgr)

    def fill(self, corners: list[tuple[float, float]], bgr: Bgr) -> None:
        """Fill an area of the page with a color."""
        layer = np.zeros(self._ink.shape, np.uint8)
        outline = np.concatenate(
            [
                self.view.course(start, end)
                for start, end in zip(corners, [*corners[1:], corners[0]], strict=True)
            ]
        )
        cv2.fillPoly(layer, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
        share = layer[..., np.newaxis] * np.float32(1 / 255)
        if self._is_paper is not None:
            share = share * self._is_paper[..., np.newaxis]
        self.picture += share * (np.array(bgr, np.float32) - self.picture)

    def print_lines(
        self,
        lines: list[tuple[str, tuple[float, float], float]],
        font: Font,
        bgr: Bgr,
        *,
        strength: float = 0.9,
        right: float = math.inf,
        view: PageView | None = None,
    ) -> None:
        """Print texts, each with the left end of its base line and its size.

        No line reaches beyond `right`, in the page's pixels, or in those of another
        view.
        """
        layer = np.zeros(self._ink.shape, np.uint8)
        view = view or self.view
        for text, place, size in lines:
            self._note(typesetting.line(layer, text, place, size, font, view, right))
        self.lay(layer * np.float32(strength / 255), bgr)

    def shine(
        self,
        lines: list[tuple[str, tuple[float, float], float]],
        font: Font,
        strength: float,
    ) -> None:
        """Let print on the other side show through, mirrored; it counts as nothing."""
        layer = np.zeros(self._ink.shape, np.uint8)
        for text, place, size in lines:
            typesetting.line(layer, text, place, size, font, self.view)
        soft = cv2.GaussianBlur(layer[:, ::-1], (0, 0), self.view.size_wh[1] / 400)
        level = 0.25 * float(self._paper.mean())
        self.lay(soft * np.float32(strength / 255), (level, level, level))

    def _note(self, glyphs: list[Glyph]) -> None:
        self.others += [Other(glyph.box, "print") for glyph in glyphs]
        self.soft += [glyph.box for glyph in glyphs if glyph.is_digit]

    def _drawn(
        self, written: Written, pen: Pen, coverage: NDArray[np.float32] | None
    ) -> Box | None:
        if written.image is None:
            seen = [self.view.see(stroke) for stroke in written.strokes]
            return pens.draw(self._ink, seen, pen, written.height, self._rng, coverage)
        corners = self.view.see(written.strokes[0][:4])
        if not np.isfinite(corners).all() or np.abs(corners).max() > 1e4:
            return None
        patch, place = warped(written.image, corners)
        return pens.blend(self._ink, patch, place, pen, self._rng, coverage)


def _extent(layer: NDArray[np.float32]) -> tuple[slice, slice] | None:
    """Return the window outside of which a layer is empty."""
    rows, columns = np.flatnonzero(layer.any(axis=1)), np.flatnonzero(layer.any(axis=0))
    if not len(rows):
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
