"""From a digit's ink to the 28x28 model input, the way MNIST's images were made.

This is the only road from pixels to model input. The app and the benchmarks enter it at
`normalize`. MNIST's images, made that way already, enter it at `to_model_input`, for
training, calibration and verification. Raise `VERSION` when the same ink would give
another input; a model names the version it was made for.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

VERSION = 1
INPUT_SIZE = 28
# MNIST: "normalized to fit in a 20x20 pixel box while preserving their aspect ratio ...
# centered in a 28x28 image by computing the center of mass of the pixels"
# (http://yann.lecun.com/exdb/mnist/).
BOX_SIZE = 20
CENTER = 14  # the center of mass of MNIST's own images, as a pixel index

# Stroke widths are measured and changed at this many times the final size.
FINE = 4
# In pixels of the 20x20 box. 5% to 95% of MNIST's training images lie within 1.5 to 3.8
# when measured by `_stroke_width`.
_THINNEST, _THICKEST = 1.7, 4.0


def to_model_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images in MNIST's format as the model takes them.

    Faint images are stretched to full contrast, as `normalize` stretches faint ink.

    Args:
        images: `(N, 28, 28)` uint8, dark background, bright ink.

    Returns:
        `(N, 28, 28, 1)` float32, 0 background to 1 full ink; all 0 for a blank image.
    """
    if not len(images):
        return np.zeros((*images.shape, 1), np.float32)
    ground = images.min(axis=(1, 2), keepdims=True)
    ink = (images - ground).astype(np.float32)
    strongest = np.maximum(ink.max(axis=(1, 2), keepdims=True), 1)
    return np.asarray(ink / strongest, np.float32)[..., np.newaxis]


def normalize(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return one digit's ink in MNIST's format.

    The ink's bounding box is scaled, with its aspect ratio, so that its longer side is
    20 pixels; strokes thinner or thicker than MNIST's are brought to MNIST's range; the
    center of mass is shifted by whole pixels to pixel index (14, 14), the shift rounded
    half to even.

    Args:
        ink: `(H, W)` uint8, one digit, bright on 0. Its strongest value counts as full
            ink.

    Returns:
        `(28, 28)` uint8; all 0 where there is no ink.
    """
    x, y, width, height = cv2.boundingRect(ink)
    if not width:
        return np.zeros((INPUT_SIZE, INPUT_SIZE), np.uint8)
    fine = _resized(ink[y : y + height, x : x + width], BOX_SIZE * FINE)
    fine = _with_known_stroke_width(_stretched(fine))
    return _centered(_stretched(_resized(fine, BOX_SIZE)))


def full_ink(ink: NDArray[np.uint8]) -> float:
    """Return the value, above 0, that counts as full ink: pencil and marker look alike.

    The upper quartile of the stronger half of the range, so that one hot pixel decides
    nothing.
    """
    strongest = int(ink.max()) if ink.size else 0
    if not strongest:
        return 255.0
    least = strongest // 2 + 1
    # A quantile of a histogram: many times faster than sorting the pixels.
    counts = cv2.calcHist([ink], [0], None, [256 - least], [least, 256])
    sums = counts.cumsum(dtype=np.float64)
    return float(least + sums.searchsorted(0.75 * sums[-1]))


def _resized(ink: NDArray[np.uint8], longer_side: int) -> NDArray[np.uint8]:
    height, width = ink.shape
    scale = longer_side / max(height, width)
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    # INTER_AREA averages, i.e. anti-aliases, when shrinking only.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, size_wh, interpolation=how), np.uint8)


def _stretched(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.convertScaleAbs(ink, alpha=255.0 / full_ink(ink)), np.uint8)


def _with_known_stroke_width(fine: NDArray[np.uint8]) -> NDArray[np.uint8]:
    width = _stroke_width(fine)
    wanted = min(max(width, _THINNEST * FINE), _THICKEST * FINE)
    size = 1 + round(abs(wanted - width))
    if size == 1:
        return fine
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if wanted < width:
        return np.asarray(cv2.erode(fine, kernel), np.uint8)
    room = cv2.copyMakeBorder(fine, size, size, size, size, cv2.BORDER_CONSTANT)
    thick = np.asarray(cv2.dilate(room, kernel), np.uint8)
    x, y, w, h = cv2.boundingRect(thick)
    return thick[y : y + h, x : x + w]


def _stroke_width(ink: NDArray[np.uint8]) -> float:
    """Return the mean stroke width in pixels: the area over half the outline."""
    _, mask = cv2.threshold(ink, 127, 1, cv2.THRESH_BINARY)
    mask = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    outline = sum(cv2.arcLength(points, True) for points in outlines)
    return 2.0 * cv2.countNonZero(mask) / outline if outline else 1.0


def _centered(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the digit on 28x28, its center of mass as near to `CENTER` as it fits."""
    moments = cv2.moments(digit)
    image = np.zeros((INPUT_SIZE, INPUT_SIZE), np.uint8)
    height, width = digit.shape
    x, y = (
        min(max(round(CENTER - moments[name] / moments["m00"]), 0), room)
        for name, room in (("m10", INPUT_SIZE - width), ("m01", INPUT_SIZE - height))
    )
    image[y : y + height, x : x + width] = digit
    return image
