"""Photographs in files."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.errors import ImageDamagedError, ImageError, ImageTooLargeError
from edge_app.common.geometry import Quarter
from edge_app.common.process.environment import MAX_IMAGE_PIXELS
from edge_app.sources.pictures import exif, foreign, jpeg, png

_MOST_BYTES = 500_000_000  # of a file that is read whole; a photograph has 1% of it
_TOO_LARGE = (
    f"the image is too large, at most {MAX_IMAGE_PIXELS // 10**6} megapixels expected; "
    "scale it down first"
)


def read_image(path: str | Path) -> NDArray[np.uint8]:
    """Return the image in a file, `(H, W, 3)` uint8, BGR.

    Its pixels are as stored: an EXIF orientation is not applied, so that boxes lie
    where they do in the file.

    Raises:
        ImageError: No such file, no image, or too large a one.

    Examples:
        >>> read_image("page.png").shape
        (480, 640, 3)
    """
    return read_photo(Path(path))[0]


def read_photo(path: Path) -> tuple[NDArray[np.uint8], Quarter]:
    """Return the image in a file as `read_image` does, and how EXIF says it is turned.

    Returns:
        The image, and the degrees clockwise that make it upright.

    Raises:
        ImageError: No such file, no image, or too large a one.
    """
    try:
        content = _content(path)
    except OSError as error:
        raise ImageError(f"{path}: cannot be read ({error.strerror})") from error
    return decode(content, str(path)), exif.rotation(content)


def _content(path: Path) -> bytes:
    """Return the bytes of a file, or of a pipe that was handed to this process.

    Raises:
        ImageError: They would never end or never come, or are too many.
        OSError: They cannot be read.
    """
    other = files.instead_of_file(path)
    if other == "a folder":
        raise ImageError(
            f"{path}: a folder; name its files, such as {path / '*.jpg'}, or read them "
            f"all with: edge-digits run --source {path}"
        )
    # Such as /dev/stdin, or a shell's <(...); a pipe elsewhere may have no writer.
    is_handed = other == "a pipe" and path.is_relative_to("/dev")
    if other is not None and not is_handed:
        raise ImageError(f"{path}: an image file expected, got {other}")
    with path.open("rb") as file:
        too_many = not is_handed and path.stat().st_size > _MOST_BYTES
        content = b"" if too_many else file.read(_MOST_BYTES + 1 if is_handed else -1)
    if too_many or len(content) > _MOST_BYTES:
        raise ImageTooLargeError(
            f"{path}: at most {_MOST_BYTES // 10**6} megabytes expected; scale the "
            "image down, or save it in a format that compresses it"
        )
    return content


def decode(content: bytes, name: str) -> NDArray[np.uint8]:
    """Return the image that a file's bytes hold, `(H, W, 3)` uint8, BGR, as stored.

    Args:
        content: The bytes.
        name: What messages call them.

    Raises:
        ImageError: No image, or too large a one.
    """
    if not content:
        raise ImageError(f"{name}: an empty file, an image expected")
    try:
        image = _decoded(content)
    except png.TooLargeError as error:
        raise ImageTooLargeError(f"{name}: {_TOO_LARGE}") from error
    except ValueError as error:
        message = f"{name}: torn or damaged ({error}); copy it anew"
        raise ImageDamagedError(message) from error
    except cv2.error as error:
        if "CV_IO_MAX_IMAGE" in str(error):
            raise ImageTooLargeError(f"{name}: {_TOO_LARGE}") from error
        raise ImageError(f"{name}: cannot be decoded ({error.err})") from error
    if image is None:
        known = foreign.what(content)
        unknown = "not an image that OpenCV can decode, or a torn one"
        raise ImageError(f"{name}: {known or unknown}")
    # OpenCV has its limit from us only if it was imported after us.
    if image.shape[0] * image.shape[1] > MAX_IMAGE_PIXELS:
        raise ImageTooLargeError(f"{name}: {_TOO_LARGE}")
    return image


def _decoded(content: bytes) -> NDArray[np.uint8] | None:
    """Return 8-bit BGR pixels as stored; `None` where OpenCV knows none.

    Raises:
        ValueError: The file is damaged; the message says how.
    """
    if (photo := jpeg.photo(content)) is not None:
        return photo
    if content.startswith(png.SIGNATURE):
        content = png.picture_alone(content)
    # Unlike the other flags, this one keeps alpha and leaves the pixels unturned.
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    return None if image is None else as_bgr(image)


def as_bgr(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return pixels of any type as OpenCV decodes them as `(H, W, 3)` uint8, BGR.

    Args:
        image: `(H, W)` gray, or `(H, W, 3)` BGR or `(H, W, 4)` BGRA; what is
            transparent lies on paper.
    """
    pixels = _eight_bits(image)
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    if pixels.shape[2] == 4:
        return _on_paper(pixels)
    return pixels


def _eight_bits(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return pixels of any type as uint8.

    Sensors fill 10 or 12 of 16 bits, and floats may mean anything: all but bytes and
    floats of 0..1 are stretched, so that the brightest is 255.
    """
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    with np.errstate(over="ignore"):
        values = image.astype(np.float32)
    np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    # Far from the ends of float32, so that differences of values have room.
    np.clip(values, -1e37, 1e37, out=values)
    least, most = float(values.min()), float(values.max())
    if np.issubdtype(image.dtype, np.floating) and least >= 0 and most <= 1:
        least, most = 0.0, 1.0
    least = min(0.0, least)  # black stays black
    stretched = (values - least) * np.float32(255 / max(1e-12, most - least))
    return np.asarray(np.rint(stretched), np.uint8)


def _on_paper(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return BGRA pixels on white paper, or on black where what they show is light."""
    alpha = pixels[..., 3:].astype(np.uint16)
    gray = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_BGR2GRAY)
    seen = gray[pixels[..., 3] > 127]
    paper = 0 if seen.size and alpha.min() < 128 and seen.mean() > 127 else 255
    blended = (pixels[..., :3] * alpha + paper * (255 - alpha)) // 255
    return blended.astype(np.uint8)
