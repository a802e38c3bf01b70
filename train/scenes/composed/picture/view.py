"""The view of a page: turned, in perspective, and bent."""

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.writing.pens import SHIFT


@dataclass(frozen=True)
class PageView:
    """A map of the page's pixels to the frame's.

    Attributes:
        matrix: `(3, 3)`, of the flat page.
        size_wh: Of the frame.
        bend: How far the paper's curve lifts it at most, in pixels.
        spine_x: Where the curve is, as a share of the width.
        waves: How often the curve goes up and down over the width; 0 for a book's
            page that rises toward its spine.
    """

    matrix: NDArray[np.float64]
    size_wh: tuple[int, int]
    bend: float = 0.0
    spine_x: float = 0.5
    waves: float = 0.5

    def see(self, points: NDArray[Any]) -> NDArray[np.float32]:
        """Return where points of the page, `(N, 2)`, lie in the frame."""
        flat = np.asarray(points, np.float64).reshape(1, -1, 2)
        seen = cv2.perspectiveTransform(flat, self.matrix)[0]
        if self.bend:
            along = seen[:, 0] / self.size_wh[0] - self.spine_x
            if self.waves:
                lift = np.cos(2 * math.pi * self.waves * along)
            else:
                lift = np.exp(-3.5 * np.abs(along))
            seen[:, 1] -= self.bend * lift
        return np.asarray(seen, np.float32)

    def sideways(self, origin: tuple[float, float], *, is_upward: bool) -> "PageView":
        """Return the view of an area of the page whose lines run up or down.

        Args:
            origin: Where the area's first line begins, in pixels of the page.
            is_upward: Whether lines run up, and follow each other to the right.
        """
        sign = 1.0 if is_upward else -1.0
        turn = np.array([[0, sign, origin[0]], [-sign, 0, origin[1]], [0, 0, 1]])
        return replace(self, matrix=self.matrix @ turn)

    def courses(self, lines: list[Any]) -> list[NDArray[np.float32]]:
        """Return points along straight lines of the page, in the frame."""
        if self.bend:
            return [self.course(start, end) for start, end in lines]
        return list(self.see(np.asarray(lines)).reshape(-1, 2, 2))

    def course(self, start: Any, end: Any) -> NDArray[np.float32]:
        """Return points along a straight line of the page, in the frame."""
        count = 2
        if self.bend:
            length = math.dist(start, end)
            count = max(2, math.ceil(16 * length / self.size_wh[0]))
        share = np.linspace(0, 1, count)[:, None]
        return self.see(np.asarray(start) * (1 - share) + np.asarray(end) * share)


def view(
    size_wh: tuple[int, int],
    rng: np.random.Generator,
    *,
    tilt_deg: float = 0.0,
    perspective: float = 0.0,
    bend: float = 0.0,
) -> PageView:
    """Return a camera's view of a page that has the frame's size.

    Args:
        size_wh: Of the frame.
        rng: Source of everything random.
        tilt_deg: By which the page is turned around the frame's middle.
        perspective: How unlike a rectangle it is seen, as a share of the height.
        bend: How far the paper's curve lifts it at most, as a share of the height.
    """
    width, height = size_wh
    turn = math.radians(tilt_deg)
    rotation = np.array(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    )
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    middle = np.array([width / 2, height / 2])
    moved = (corners - middle) @ rotation.T + middle
    moved += rng.normal(0, perspective * height / 2, moved.shape)
    matrix = cv2.getPerspectiveTransform(
        corners.astype(np.float32), moved.astype(np.float32)
    )
    return PageView(
        np.asarray(matrix, np.float64),
        size_wh,
        bend * height,
        float(rng.uniform(-0.2, 1.2)),
        float(rng.choice([0.0, rng.uniform(0.3, 0.9)])),
    )


def fixed(points: NDArray[Any]) -> NDArray[np.int32]:
    """Return points of the frame in the fixed-point numbers that OpenCV draws."""
    return np.asarray(np.rint(points * (1 << SHIFT)), np.int32)
