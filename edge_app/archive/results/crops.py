"""Pictures of numbers, cut from their pages once more."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.archive.listing import documents
from edge_app.archive.store.rows import Row
from edge_app.common import geometry
from edge_app.common.errors import ImageError
from edge_app.common.geometry import Quarter

_MARGIN_OF_SHORTER_SIDE = 0.4  # around a number, of its box's shorter side
_TALLEST = 120  # pixels of a crop's height


class Cutter:
    """Cuts numbers from pages, which it fetches and decodes again."""

    def __init__(self, *, dpi: int) -> None:
        """Draw PDF pages with `dpi` dots an inch, as they were when they were read."""
        self._page = lru_cache(maxsize=1)(
            lambda path, index: self._decoded(path, index, dpi)
        )

    def page(self, path: str, number: int) -> documents.Picture:
        """Return a page, counted from 1.

        Raises:
            ImageError: It is no longer there, or can no longer be read.
        """
        return self._page(path, number - 1)

    def png(self, number: Row, rotation: Quarter) -> bytes:
        """Return a number with what is around it, upright, as a PNG file.

        Args:
            number: Its row.
            rotation: Degrees clockwise by which its page was turned.

        Raises:
            ImageError: Its page is no longer there, or can no longer be read.
        """
        image = self.page(number["path"], number["page"]).image
        x, y, w, h = number["box_xywh"]
        margin = round(_MARGIN_OF_SHORTER_SIDE * min(w, h))
        top, left = max(0, y - margin), max(0, x - margin)
        cut = image[top : y + h + margin, left : x + w + margin]
        if not cut.size:
            raise ImageError(f"{number['path']}: another picture than was read")
        crop = geometry.turned(np.ascontiguousarray(cut), rotation)
        return _encoded(geometry.scaled(crop, min(1.0, _TALLEST / crop.shape[0])))

    @staticmethod
    def _decoded(path: str, index: int, dpi: int) -> documents.Picture:
        try:
            content = documents.fetch(path)
        except Exception as error:  # every file system has errors of its own
            raise ImageError(f"{path}: cannot be read ({error})") from error
        document = documents.opened(content, path, dpi=dpi)
        try:
            return document.page(index)
        finally:
            document.close()


def _encoded(image: NDArray[np.uint8]) -> bytes:
    is_encoded, content = cv2.imencode(".png", image)
    if not is_encoded:
        raise ImageError(f"a crop of {image.shape} cannot be encoded")
    return content.tobytes()
