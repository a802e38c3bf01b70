"""A frame -> its ink map -> where there is ink."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.geometry import scaled

# The paper's colour is looked for at this size; strokes up to `_WIDEST_STROKE` of it
# are seen as ink on the paper, anything wider as paper of another colour.
_PAPER_SIDE = 160
_WIDEST_STROKE = 0.06
_DARKEST_PAPER = 40  # below it, the sensor's noise would be magnified into ink

_LEAST_CONTRAST = 0.4  # of the frame's largest, where ink is looked for

_LEAST_INK = 10  # of 255, the faintest ink that is told from smooth paper
_FAINT_INK = 28  # of 255, below it only where a frame holds nothing stronger
_LEAST_SIGNAL = 4  # of the paper's noise
_OTSU_SHARE = 0.75  # of Otsu's threshold: thin strokes are paler than thick ones


def ink_map(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much each pixel differs from the ground around it, towards the ink.

    The ground is what a morphological closing, wider than any stroke, leaves of the
    frame: it follows shadows and coloured paper but not ink. The darkness is taken in
    the colour channel where it is largest, so that any pen shows on any paper. A frame
    of light ink on a dark ground is inverted first.

    Args:
        frame: `(H, W, 3)` uint8, BGR.

    Returns:
        `(H, W)` uint8, 0 paper to 255 black ink.
    """
    small = _shrunk(frame, _PAPER_SIDE)
    size = int(max(small.shape[:2]) * _WIDEST_STROKE) | 1
    kernel = np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8
    )
    if _is_light_on_dark(small, kernel):
        frame, small = 255 - frame, 255 - small
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5)
    brightness = np.maximum(_strongest(paper), _DARKEST_PAPER)
    size_wh = frame.shape[1], frame.shape[0]
    ground = cv2.resize(paper, size_wh, interpolation=cv2.INTER_LINEAR)
    darkness = _strongest(cv2.subtract(ground, frame, dst=ground))
    ground_brightness = cv2.resize(brightness, size_wh, interpolation=cv2.INTER_LINEAR)
    return np.asarray(
        cv2.divide(darkness, ground_brightness, dst=darkness, scale=255), np.uint8
    )


def _strongest(frame: NDArray[Any]) -> NDArray[np.uint8]:
    """`(H, W)` the largest channel of each pixel of `(H, W, 3)`."""
    blue, green, red = cv2.split(frame)
    return np.asarray(cv2.max(cv2.max(blue, green, dst=blue), red, dst=blue), np.uint8)


def ink_mask(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where an ink map holds ink: `(H, W)` uint8, 0 or 255.

    The threshold is Otsu's, lowered so that thin strokes stay whole, but above the
    noise of the paper and above the faintest pencil.
    """
    otsu, noisiest = _levels(ink)
    if noisiest > _OTSU_SHARE * otsu:
        # Ink outlasts blurring by less than a thin stroke's width, noise does not.
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.2), np.uint8)
        otsu, noisiest = _levels(ink)
    least = max(_LEAST_INK, min(_FAINT_INK, otsu))
    threshold = max(least, noisiest, _OTSU_SHARE * otsu)
    return np.asarray(
        cv2.threshold(ink, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8
    )


def _levels(ink: NDArray[np.uint8]) -> tuple[float, float]:
    """Otsu's threshold of an ink map, and what its paper's noise hardly exceeds."""
    counts = cv2.calcHist([ink], [0], None, [256], [0, 256]).ravel()
    level = _median(counts)
    deviations = np.bincount(np.abs(np.arange(256) - level), weights=counts)
    # 1.4826 makes the median absolute deviation of a normal distribution its sigma.
    noise = 1.4826 * _median(deviations)
    otsu, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    return otsu, level + _LEAST_SIGNAL * noise


def _is_light_on_dark(small: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> bool:
    """Whether most of what surrounds ink is dark: chalk on a board, a dark screen.

    Around strokes the paper is the larger part. So where a frame has contrast, most
    pixels are nearer to the lightest or to the darkest ones around them.
    """
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    light, dark = cv2.dilate(grey, kernel), cv2.erode(grey, kernel)
    contrast = cv2.subtract(light, dark)
    with_contrast = contrast > _LEAST_CONTRAST * max(1, int(contrast.max()))
    above_dark = cv2.subtract(grey, dark)
    is_light = above_dark > contrast // 2
    return bool(
        np.count_nonzero(is_light & with_contrast) * 2 < np.count_nonzero(with_contrast)
    )


def _median(counts: NDArray[Any]) -> int:
    """The median of values 0, 1, ... that occur so often."""
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))


def _shrunk(frame: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The frame with its longer side at most `side`, halved as often as that goes.

    Halving takes a tenth of the time of averaging over parts of pixels.
    """
    while max(frame.shape[:2]) >= 2 * side:
        frame = scaled(frame, 0.5)
    scale = min(1.0, side / max(frame.shape[:2]))
    return scaled(frame, scale, cv2.INTER_LINEAR)
