import urllib.request

import cv2
import numpy as np
import pytest
from cameras import mjpeg_camera
from waiting import wait_until

from benchmarks.live import camera_server
from benchmarks.live.camera_server import ServedCamera


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture
def camera():
    return ServedCamera((320, 240), fps=15, num_drawn=4)


@pytest.mark.parametrize(
    ("time_s", "now_s", "age_s"),
    [
        (0.0, 0.0, 0.0),
        (12.345, 12.6, 0.255),
        (987654.321, 987655.321, 1.0),
        # In milliseconds its 32 bits begin anew after seven weeks.
        (2**32 / 1000 - 0.5, 2**32 / 1000 + 0.25, 0.75),
    ],
)
def test_a_picture_says_how_old_it_is(time_s, now_s, age_s):
    image = np.full((48, 320, 3), 128, np.uint8)
    camera_server.stamp(image, time_s)
    found = camera_server.stamped_age_s(image, now_s)
    assert found == pytest.approx(age_s, abs=0.0011)
    assert (image[8:] == 128).all()  # what is below the stamp stays


def test_pictures_are_sent_there_and_back(camera):
    shown = [decoded(camera.jpeg(count))[16:] for count in range(7)]
    for first, second in ((0, 6), (1, 5), (2, 4)):
        np.testing.assert_array_equal(shown[first], shown[second])
    assert not np.array_equal(shown[0], shown[3])


def test_a_black_camera_shows_next_to_nothing(camera):
    camera.mode = "black"
    picture = decoded(camera.jpeg(0))
    assert picture.shape == (240, 320, 3)
    assert picture.max() < 20


def test_a_frozen_camera_sends_the_same_bytes(camera):
    camera.mode = "frozen"
    assert camera.jpeg(0) == camera.jpeg(2)


def test_a_camera_that_halves_its_pictures(camera):
    camera.mode = "small"
    assert decoded(camera.jpeg(0)).shape == (120, 160, 3)


def test_broken_cameras_send_no_whole_picture(camera):
    camera.mode = "torn"
    torn = camera.jpeg(0)
    assert torn.startswith(b"\xff\xd8")
    assert not torn.endswith(b"\xff\xd9")
    camera.mode = "garbage"
    assert decoded(camera.jpeg(0)) is None


def test_a_server_gives_one_picture_and_becomes_what_it_is_told():
    with mjpeg_camera("--width", "320", "--height", "240") as camera:
        url = camera.url.replace("/video", "/capture")
        with urllib.request.urlopen(url) as response:
            assert response.headers["Content-Type"] == "image/jpeg"
            assert decoded(response.read()).shape == (240, 320, 3)
        camera.becomes("small")

        def shape():
            with urllib.request.urlopen(url) as response:
                return decoded(response.read()).shape

        wait_until(lambda: shape() == (120, 160, 3))
