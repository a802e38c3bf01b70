import cv2
import numpy as np
import pytest
from written import jpeg

from edge_app.sources.pictures import exif

pytestmark = pytest.mark.device

PAPER = np.full((20, 30, 3), 200, np.uint8)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("orientation", "rotation"),
    [(1, 0), (2, 0), (3, 180), (6, 90), (8, 270), (99, 0)],
)
def test_rotation(orientation, order, rotation):
    assert exif.rotation(jpeg(PAPER, orientation=orientation, order=order)) == rotation


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_opencv_turns_the_same_way(orientation):
    content = np.frombuffer(jpeg(PAPER, orientation=orientation), np.uint8)
    upright = cv2.imdecode(content, cv2.IMREAD_COLOR)
    turned = exif.rotation(content.tobytes()) in (90, 270)
    assert (upright.shape[:2] == (30, 20)) == turned


def test_no_or_damaged_exif():
    whole = jpeg(PAPER, orientation=6)
    assert exif.rotation(b"") == 0
    assert exif.rotation(b"\x89PNG") == 0
    place = whole.index(b"Exif")
    for length in range(place, place + 40):
        assert exif.rotation(whole[:length]) in (0, 90)
