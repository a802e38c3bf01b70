"""A file's bytes to the pictures of its pages."""

import time
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import pypdfium2
from fsspec.core import url_to_fs
from numpy.typing import NDArray

from edge_app.archive.listing import tiff
from edge_app.common.errors import ImageDamagedError, ImageError, ImageTooLargeError
from edge_app.common.geometry import Quarter
from edge_app.common.process.environment import MAX_IMAGE_PIXELS
from edge_app.sources.pictures import exif, images

_PDF_MARK = b"%PDF"
_FOR_GOOD = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class _DocumentLimits:
    """Limits within which a file is asked for, known and its pixels made square.

    Attributes:
        pauses_s: Before what cannot be fetched is asked for once more.
        pdf_searched_bytes: Before its mark, which readers pass over (ISO 32000-1,
            annex H).
        square_stretch: Of the longer side of a pixel to the other; beyond it pixels
            are made square.
        longest_stretch: Beyond it a resolution is nonsense.
    """

    pauses_s: tuple[int, ...] = (1, 4)
    pdf_searched_bytes: int = 1024
    square_stretch: float = 1.05
    longest_stretch: float = 4.0


_DOCUMENT = _DocumentLimits()


@dataclass(frozen=True)
class Picture:
    """A page as the reader gets it.

    Attributes:
        image: `(H, W, 3)` uint8, BGR, with square pixels.
        rotation: Degrees clockwise that make it upright, as its EXIF data says.
    """

    image: NDArray[np.uint8]
    rotation: Quarter = 0


class Document(Protocol):
    """A file that was opened."""

    num_pages: int

    def page(self, index: int) -> Picture:
        """Return a page, counted from 0.

        Raises:
            ImageError: It cannot be decoded.
        """

    def close(self) -> None:
        """Give memory back."""


def fetch(path: str) -> bytes:
    """Return the bytes of a file or of what a URL names.

    Networks and servers fail for a while: what is there is asked for several times.

    Raises:
        Exception: It cannot be read; every file system has errors of its own.
    """
    for pause_s in _DOCUMENT.pauses_s:
        try:
            return _fetched(path)
        except _FOR_GOOD:
            raise
        except Exception:  # as said
            time.sleep(pause_s)
    return _fetched(path)


def opened(content: bytes, name: str, *, dpi: int) -> Document:
    """Return what a file's bytes hold, by what they begin with.

    Args:
        content: The file.
        name: What messages call it.
        dpi: Dots an inch that PDF pages are drawn with.

    Raises:
        ImageError: It is damaged, or neither picture nor PDF.
    """
    if content.find(_PDF_MARK, 0, _DOCUMENT.pdf_searched_bytes) >= 0:
        return _Pdf(content, name, dpi)
    if content.startswith(tiff.SIGNATURES):
        return _Tiff(content, name)
    return _Photo(content, name)


def _fetched(path: str) -> bytes:
    system, name = url_to_fs(path)
    return bytes(system.cat_file(name))


class _Photo:
    num_pages = 1

    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = content, name

    def page(self, index: int) -> Picture:
        image = images.decode(self._content, self._name)
        return Picture(image, exif.rotation(self._content))

    def close(self) -> None:
        pass


class _Tiff:
    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = np.frombuffer(content, np.uint8), name
        self._pages = tiff.pages(content, name)
        self.num_pages = len(self._pages)

    def page(self, index: int) -> Picture:
        page, name = self._pages[index], f"{self._name}, page {index + 1}"
        if page.width * page.height > MAX_IMAGE_PIXELS:
            raise ImageTooLargeError(
                f"{name}: {page.width}x{page.height} pixels, at most "
                f"{MAX_IMAGE_PIXELS // 10**6} megapixels expected"
            )
        if not page.is_whole:
            raise ImageDamagedError(f"{name}: torn; copy it anew")
        try:
            is_read, found = cv2.imdecodemulti(
                self._content, cv2.IMREAD_UNCHANGED, range=(index, index + 1)
            )
        except cv2.error as error:
            raise ImageError(f"{name}: cannot be decoded ({error.err})") from error
        if not is_read or len(found) != 1:
            raise ImageDamagedError(f"{name}: damaged, or of a kind unknown to OpenCV")
        return Picture(_squared(images.as_bgr(found[0]), page.stretch))

    def close(self) -> None:
        pass


class _Pdf:
    def __init__(self, content: bytes, name: str, dpi: int) -> None:
        self._name, self._scale = name, dpi / _POINTS_PER_INCH
        try:
            self._document = pypdfium2.PdfDocument(content)
            self.num_pages = len(self._document)
        except pypdfium2.PdfiumError as error:
            raise self._fault(name, error) from error
        if not self.num_pages:
            raise ImageDamagedError(f"{name}: a PDF file without pages")

    def page(self, index: int) -> Picture:
        try:
            page = self._document[index]
            width, height = page.get_size()
            most = (MAX_IMAGE_PIXELS / max(1.0, width * height)) ** 0.5
            bitmap = page.render(scale=min(self._scale, most))
            image = images.as_bgr(bitmap.to_numpy().copy())
            bitmap.close()
            page.close()
        except pypdfium2.PdfiumError as error:
            raise self._fault(f"{self._name}, page {index + 1}", error) from error
        return Picture(image)

    def close(self) -> None:
        self._document.close()

    @staticmethod
    def _fault(name: str, error: pypdfium2.PdfiumError) -> ImageError:
        if "password" in str(error).lower():
            return ImageError(f"{name}: needs a password; take it off first")
        return ImageDamagedError(f"{name}: torn or damaged ({error}); copy it anew")


def _squared(image: NDArray[np.uint8], stretch: float) -> NDArray[np.uint8]:
    """Return an image whose pixels were `stretch` times as high as wide as squares."""
    square, longest = _DOCUMENT.square_stretch, _DOCUMENT.longest_stretch
    if not 1 / longest <= stretch <= longest:
        return image
    if 1 / square <= stretch <= square:
        return image
    height, width = image.shape[:2]
    if stretch > 1:
        height = round(height * stretch)
    else:
        width = round(width / stretch)
    return np.asarray(cv2.resize(image, (width, height)), np.uint8)
