"""The demo scene: handwritten numbers on paper, drawn by us, with known ground truth.

Digits are vector strokes, varied in slant, proportion, width and pen; the paper lies in
uneven light and moves slowly before the camera. The same seed gives the same frames.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]  # (N, 2), x to the right and y down

# Strokes of each digit in a box of width 1 and height 1; a digit may have several ways
# to be written. `~` before a stroke's points means a smooth curve through them, `-`
# straight lines between them.
SHAPES: dict[int, tuple[str, ...]] = {
    0: ("~ 50,0 18,18 8,55 35,100 78,82 90,35 50,0", "~ 60,3 10,40 40,100 85,55 55,0"),
    1: ("- 50,0 48,100", "- 25,28 55,0 52,100", "- 28,25 55,0 53,100 | - 25,100 82,98"),
    2: (
        "~ 15,25 45,0 80,20 60,60 10,100 | - 10,100 90,97",
        "~ 12,20 50,0 82,25 35,80 15,96 30,88 60,97 92,94",
    ),
    3: (
        "~ 15,10 55,0 80,22 38,46 | ~ 38,46 85,65 60,100 10,90",
        "- 15,3 80,2 42,42 | ~ 42,42 88,66 55,100 10,90",
    ),
    4: ("- 55,0 8,66 95,64 | - 70,35 66,100", "- 70,0 8,68 95,66 | - 70,0 68,100"),
    5: (
        "- 82,2 26,3 20,45 | ~ 20,45 60,36 86,66 55,100 10,92",
        "- 28,3 20,45 | ~ 20,45 62,36 86,66 55,100 8,90 | - 28,4 85,0",
    ),
    6: ("~ 70,0 28,38 14,78 48,100 82,76 52,52 18,74",),
    7: ("- 10,5 88,3 42,100", "- 10,5 88,3 42,100 | - 28,50 78,47"),
    8: ("~ 52,48 22,24 50,0 78,22 52,48 15,78 50,100 86,78 52,48",),
    9: ("~ 80,24 48,0 18,26 44,50 80,24 | - 80,24 68,100",),
}
_WOBBLE_SHARE = 0.018  # of a stroke's points, in the unit of the box
_PROPORTION = 0.62  # width of a digit over its height
_OVERSAMPLING = 2  # the page is drawn this much larger than it is shown
_FRACTION_BITS = 4  # fractional bits of the coordinates that OpenCV draws with

# Pens as BGR: black, blue, red, green ink and pencil.
_PENS_BGR = ((40, 35, 35), (150, 60, 30), (50, 40, 170), (70, 110, 30), (110, 108, 105))
_PAPERS_BGR = ((245, 246, 244), (225, 238, 244), (170, 235, 248), (235, 228, 210))


@dataclass(frozen=True)
class TrueDigit:
    """Ground truth of one digit.

    Attributes:
        label: 0 to 9.
        box_xywh: Bounding box of its ink in pixels of the frame.
    """

    label: int
    box_xywh: tuple[float, float, float, float]


@dataclass(frozen=True)
class _Written:
    label: int
    strokes: list[Points]  # in pixels of the page
    width: float


class Scene:
    """A page of numbers before a camera."""

    def __init__(self, *, seed: int, size_wh: tuple[int, int] = (640, 480)) -> None:
        """Write a page.

        Args:
            seed: Decides everything random.
            size_wh: Of the frames, in pixels.
        """
        self.size_wh = size_wh
        self._rng = np.random.default_rng(seed)
        self._noise_seed = seed
        self._ink_bgr = _PENS_BGR[self._rng.integers(len(_PENS_BGR))]
        paper_bgr = _PAPERS_BGR[self._rng.integers(len(_PAPERS_BGR))]
        self._digits, self.numbers = self._written_page()
        self._page = self._drawn_page(paper_bgr)
        self._light = self._drawn_light()
        self._phase = self._rng.uniform(0, 2 * math.pi, 3)
        self._blur = float(self._rng.uniform(0.0, 0.9))
        self._noise = float(self._rng.uniform(1.0, 5.0))

    def frame(self, time_s: float) -> tuple[NDArray[np.uint8], list[TrueDigit]]:
        """Return what the camera sees at a moment, and what is there to be read.

        Args:
            time_s: Seconds since the scene's start.

        Returns:
            The frame, `(height, width, 3)` uint8, BGR, and its digits in the order in
            which they were written.
        """
        motion = self._motion(time_s)
        seen = cv2.warpAffine(
            self._page,
            motion @ np.diag([1 / _OVERSAMPLING, 1 / _OVERSAMPLING, 1.0]),
            self.size_wh,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        if self._blur > 0.3:
            seen = cv2.GaussianBlur(seen, (0, 0), self._blur)
        rng = np.random.default_rng([self._noise_seed, round(time_s * 1000)])
        frame = np.asarray(rng.normal(0, self._noise, seen.shape))
        frame += seen * self._light
        truth = [
            TrueDigit(digit.label, self._box(digit, motion)) for digit in self._digits
        ]
        return np.clip(frame, 0, 255, out=frame).astype(np.uint8), truth

    def _written_page(self) -> tuple[list[_Written], list[str]]:
        """Return the page's digits, and its numbers from top to bottom."""
        width, height = self.size_wh
        rng = self._rng
        slant = rng.uniform(-0.1, 0.35)
        pen = rng.uniform(0.05, 0.13)  # of a digit's height
        digits: list[_Written] = []
        numbers: list[str] = []
        y = height * rng.uniform(0.10, 0.16)
        while True:
            size = height * float(rng.choice([0.07, 0.1, 0.14, 0.2]))
            if y + size > height * 0.9:
                return digits, numbers
            x = width * rng.uniform(0.10, 0.2)
            text = ""
            for _ in range(int(rng.integers(3, 8))):
                if x + 1.2 * size > width * 0.92:
                    break
                label = int(rng.integers(10))
                shapes = SHAPES[label]
                exact = strokes(shapes[rng.integers(len(shapes))], _WOBBLE_SHARE, rng)
                place = np.array([x, y + size * rng.uniform(-0.05, 0.05)])
                extent = np.array([_PROPORTION * rng.uniform(0.85, 1.15), 1.0]) * size
                written = [
                    (slanted(points, slant) * extent + place).astype(np.float32)
                    for points in exact
                ]
                line_width = max(1.2, pen * size * rng.uniform(0.9, 1.1))
                digits.append(_Written(label, written, line_width))
                text += str(label)
                right = max(float(points[:, 0].max()) for points in written)
                x = right + line_width + size * rng.uniform(0.16, 0.3)
            numbers.append(text)
            y += size * rng.uniform(1.5, 1.9)

    def _drawn_page(self, paper_bgr: tuple[int, int, int]) -> NDArray[np.uint8]:
        width, height = (n * _OVERSAMPLING for n in self.size_wh)
        # A row at a time: many times faster than three values at a time.
        row = np.tile(np.array(paper_bgr, np.uint8), width)
        page = np.tile(row, (height, 1)).reshape(height, width, 3)
        for digit in self._digits:
            for stroke in digit.strokes:
                points = np.rint(stroke * _OVERSAMPLING * (1 << _FRACTION_BITS))
                cv2.polylines(
                    page,
                    [points.astype(np.int32)],
                    isClosed=False,
                    color=self._ink_bgr,
                    thickness=max(1, round(digit.width * _OVERSAMPLING)),
                    lineType=cv2.LINE_AA,
                    shift=_FRACTION_BITS,
                )
        return page

    def _drawn_light(self) -> NDArray[np.float32]:
        """Return `(H, W, 1)` float32 factors, a lamp at one side and a soft shadow."""
        width, height = self.size_wh
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y = x / width - 0.5, y / height - 0.5
        angle, reach = self._rng.uniform(0, 2 * math.pi, 2)
        light = 0.82 + 0.28 * (x * math.cos(angle) + y * math.sin(angle))
        edge = x * math.cos(reach) + y * math.sin(reach) - self._rng.uniform(-0.3, 0.3)
        softness = self._rng.uniform(0.02, 0.15)
        depth = self._rng.uniform(0.0, 0.45)
        shadow = 1.0 - depth / (1.0 + np.exp(-np.clip(edge / softness, -30, 30)))
        return np.asarray((light * shadow)[..., np.newaxis], np.float32)

    def _motion(self, time_s: float) -> NDArray[np.float64]:
        """Return the `(2, 3)` map of page to frame, a slow drift, turn and approach."""
        width, height = self.size_wh
        a, b, c = self._phase + np.array([0.5, 0.4, 0.3]) * time_s
        motion = cv2.getRotationMatrix2D(
            (width / 2, height / 2), 2.5 * math.sin(a), 1.0 + 0.03 * math.sin(b)
        )
        shift = np.array([0.015 * width * math.sin(c), 0.015 * height * math.cos(a)])
        motion[:, 2] += shift
        return np.asarray(motion, np.float64)

    def _box(
        self, digit: _Written, motion: NDArray[np.float64]
    ) -> tuple[float, float, float, float]:
        points = np.concatenate(digit.strokes) @ motion[:, :2].T + motion[:, 2]
        x, y = points.min(axis=0) - digit.width / 2
        right, bottom = points.max(axis=0) + digit.width / 2
        return float(x), float(y), float(right - x), float(bottom - y)


def strokes(shape: str, wobble: float, rng: np.random.Generator) -> list[Points]:
    """Return the strokes of a shape, a little different each time.

    Args:
        shape: In the notation of `SHAPES`.
        wobble: Standard deviation of each point, in the unit of the 1x1 box.
        rng: Source of the wobble.
    """
    written = []
    for text in shape.split("|"):
        kind, *pairs = text.split()
        exact = np.array([pair.split(",") for pair in pairs], np.float32) / 100
        points = (exact + rng.normal(0, wobble, exact.shape)).astype(np.float32)
        written.append(smooth(points) if kind == "~" else points)
    return written


def smooth(points: Points) -> Points:
    """Return a curve through the points.

    Catmull-Rom splines: https://en.wikipedia.org/wiki/Centripetal_Catmull-Rom_spline,
    here the uniform kind.
    """
    padded = np.concatenate([points[:1], points, points[-1:]])[:, np.newaxis]
    t = np.linspace(0, 1, 12, dtype=np.float32)[:, np.newaxis]
    p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    curves = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.asarray(curves.reshape(-1, 2), np.float32)


def slanted(points: Points, slant: float) -> Points:
    """Return the points of a 1x1 box whose top leans to the right by `slant`."""
    return points + np.array([[slant, 0.0]], np.float32) * (1.0 - points[:, 1:])
