import threading

import pytest

from edge_app.live.following import Following
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


def test_numbers_are_gone_once_no_frame_shows_them(reader):
    image = Scene(seed=1).frame(0.0)[0]
    following = Following(is_moving=True)
    for count in range(10):
        frame = Frame(image, count / 10)
        reading, _ = following.follow(frame, reader.read(image))
    assert [number.text for number in reading.numbers] == Scene(seed=1).numbers
    assert following.forget(reading, 1.2)[1] == ()  # missed for a moment
    gone, events = following.forget(reading, 2.5)
    assert gone.numbers == ()
    assert {event.kind for event in events} == {"gone"}
    assert {event.text for event in events} == set(Scene(seed=1).numbers)


def test_whoever_misses_frames_does_not_wait_for_one(reader):
    following = Following(is_moving=True)
    image = Scene(seed=1).frame(0.0)[0]
    reading, _ = following.follow(Frame(image, 0.0), reader.read(image))
    answers = []
    with following._in_use:  # as while a slow frame is followed
        other = threading.Thread(
            target=lambda: answers.append(following.forget(reading, 9.0))
        )
        other.start()
        other.join(60)
    assert answers[0][1] == ()


def test_unrelated_pictures_are_not_followed(reader):
    following = Following(is_moving=False)
    image = Scene(seed=1).frame(0.0)[0]
    reading = reader.read(image)
    assert following.follow(Frame(image, 0.0), reading) == (reading, ())
    assert following.forget(reading, 9.0)[1] == ()
