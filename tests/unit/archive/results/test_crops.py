"""Numbers cut from their pages once more."""

import cv2
import numpy as np
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from scans import tiff

from edge_app.archive.results.crops import Cutter
from edge_app.common.errors import ImageError


def ramps(width=320, height=240):
    """A page that says by its colors where each pixel lies."""
    x, y = np.meshgrid(np.arange(width) % 256, np.arange(height) % 256)
    return np.dstack([x, y, np.zeros_like(x)]).astype(np.uint8)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), ramps())
    return path


def cut(path, box_xywh, *, page=1, rotation=0):
    row = {"path": str(path), "page": page, "box_xywh": box_xywh}
    content = Cutter(dpi=72).png(row, rotation)
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def test_a_number_has_some_paper_around_it(path):
    # 0.4 of the 20 pixels of its height.
    crop = cut(path, [100, 60, 50, 20])
    np.testing.assert_array_equal(crop, ramps()[52:88, 92:158])


def test_at_the_border_there_is_less(path):
    last = cut(path, [0, 215, 50, 20])
    np.testing.assert_array_equal(last, ramps()[207:240, 0:58])
    first = cut(path, [265, 3, 50, 20])
    np.testing.assert_array_equal(first, ramps()[0:31, 257:320])


@pytest.mark.parametrize(
    ("rotation", "code"),
    [
        (90, cv2.ROTATE_90_CLOCKWISE),
        (180, cv2.ROTATE_180),
        (270, cv2.ROTATE_90_COUNTERCLOCKWISE),
    ],
)
def test_it_stands_upright(path, rotation, code):
    expected = cv2.rotate(ramps()[52:88, 92:158], code)
    crop = cut(path, [100, 60, 50, 20], rotation=rotation)
    np.testing.assert_array_equal(crop, expected)


def test_a_tall_one_is_made_smaller(path):
    # With its margins 280 pixels wide and 180 high.
    assert cut(path, [60, 50, 200, 100]).shape == (120, 187, 3)


def test_pages_are_counted_from_one(tmp_path):
    pages = [np.full((60, 80, 3), gray, np.uint8) for gray in (50, 150)]
    (tmp_path / "pages.tif").write_bytes(tiff(pages))
    cutter = Cutter(dpi=72)
    for number, gray in ((1, 50), (2, 150)):
        assert (cutter.page(str(tmp_path / "pages.tif"), number).image == gray).all()


def test_what_is_no_longer_as_it_was_read_is_told(path, tmp_path):
    with pytest.raises(ImageError, match=r"page\.png: another picture than was read"):
        cut(path, [500, 60, 50, 20])
    with pytest.raises(ImageError, match=r"lost\.png: cannot be read \("):
        cut(tmp_path / "lost.png", [0, 0, 9, 9])
    path.write_text("no picture")
    with pytest.raises(ImageError, match=r"page\.png"):
        cut(path, [100, 60, 50, 20])
