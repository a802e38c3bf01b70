"""Pictures that cannot be a camera's: frozen, black, of another size."""

import numpy as np
import pytest

from edge_app.common.errors import CameraError
from edge_app.sources.pictures.faults import FaultFinder
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device

BRIGHT = np.full((48, 64, 3), 200, np.uint8)
BLACK = np.full((48, 64, 3), 15, np.uint8)


def moving(n, ground=BRIGHT):
    """The ground with one dot, somewhere else in each frame."""
    image = ground.copy()
    image[n % 48, n % 64] += 1
    return image


def seen(finder, images, *, fps=2, start_s=100.0):
    """When a fault is found, in seconds after the first frame, and what it is."""
    for n, image in enumerate(images):
        try:
            finder.check(Frame(image, start_s + n / fps))
        except CameraError as error:
            return n / fps, str(error)
    return None


@pytest.fixture
def finder():
    return FaultFinder("camera 0")


def test_a_frozen_picture_is_found(finder):
    assert seen(finder, 20 * [BRIGHT]) == (
        4.5,
        "camera 0: its picture has been frozen for 4 s",
    )


def test_a_single_pixel_that_changes_is_enough(finder):
    assert seen(finder, [moving(n) for n in range(200)]) is None


def test_a_black_picture_is_found_whatever_noise_is_on_it(finder):
    images = [moving(n, BLACK - 1) for n in range(200)]
    assert seen(finder, images) == (
        4.5,
        "camera 0: its picture has been black for 4 s",
    )


def test_a_pixel_that_always_shines_hides_no_black(finder):
    images = [np.full((480, 640, 3), 9 + n % 2, np.uint8) for n in range(12)]
    for image in images:
        image[0, 0] = 255
    assert seen(finder, images)[1].startswith("camera 0: its picture has been black")


def test_a_dark_picture_is_not_black(finder):
    assert seen(finder, [moving(n, BLACK + 1) for n in range(200)]) is None
    lamp = [moving(n, BLACK) for n in range(200)]
    for image in lamp:
        image[:8] = 255
    assert seen(FaultFinder("camera 0"), lamp) is None


def test_a_moment_does_not_count(finder):
    for _ in range(3):
        assert seen(finder, 8 * [BRIGHT]) is None
        assert seen(finder, [moving(1)], start_s=104.0) is None


def test_what_stays_after_it_was_opened_again_is_looked_at_for_longer(finder):
    lasted = []
    for _ in range(6):
        finder.opened()
        lasted.append(seen(finder, 300 * [BRIGHT])[0])
    assert lasted == [4.5, 8.5, 16.5, 32.5, 60.5, 60.5]
    seen(finder, [moving(1)])  # it was broken, and is well now
    finder.opened()
    assert seen(finder, 300 * [BRIGHT])[0] == 4.5


def test_a_picture_that_may_stay_may(finder):
    finder.opened(may_stay=True)
    assert seen(finder, 300 * [BRIGHT]) is None
    assert "black" in seen(finder, 300 * [BLACK], start_s=300)[1]
    finder.opened()
    assert "frozen" in seen(finder, 300 * [BRIGHT])[1]


def test_another_size_is_a_fault_until_it_is_opened_again(finder):
    small = BRIGHT[:24, :32]
    assert seen(finder, [BRIGHT, small]) == (
        0.5,
        "camera 0: its pictures changed from 64x48 to 32x24",
    )
    finder.opened()
    assert seen(finder, [BRIGHT]) is None
    finder.opened()
    assert seen(finder, [small]) is None
