"""Frames of a live source, turned upright."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import SettingsError
from edge_app.live.fields.locating import upright as upright_module
from edge_app.live.fields.locating.upright import Upright
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device

QUICK = ReaderSettings(reader="classic")  # no network
PAGE = Scene(seed=1, size_wh=(240, 180)).frame(0.0)[0]
BLANK = np.full((180, 240, 3), 240, np.uint8)


def frames_of(*images):
    return iter([Frame(image, float(count)) for count, image in enumerate(images)])


def upright(frames, rotate, *, is_moving=True, settings=QUICK):
    setup = LiveSetup(Setup(rotate=rotate))
    return setup, Upright(frames, settings, setup, is_moving=is_moving)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_frames_are_turned_as_the_setup_says(rotate):
    lying = np.rot90(PAGE, rotate // 90)  # the other way around
    _, frames = upright(frames_of(lying), rotate)
    np.testing.assert_array_equal(next(frames).image, PAGE)


def test_a_setup_that_changes_counts_from_the_next_frame_on():
    setup, frames = upright(frames_of(PAGE, PAGE), 0)
    assert next(frames).image.shape == (180, 240, 3)
    setup.change(Setup(rotate=90))
    assert next(frames).image.shape == (240, 180, 3)


def test_the_turn_of_the_first_frame_with_enough_digits_is_kept():
    lying = cv2.rotate(PAGE, cv2.ROTATE_90_COUNTERCLOCKWISE)
    setup, frames = upright(frames_of(np.rot90(BLANK), lying, BLANK), "auto")
    next(frames)
    assert setup.rotation is None
    np.testing.assert_array_equal(next(frames).image, PAGE)
    assert setup.rotation == 90
    assert next(frames).image.shape == (240, 180, 3)  # which says nothing itself


def test_few_digits_are_enough_after_some_frames(monkeypatch):
    monkeypatch.setattr(upright_module, "_MOST_FRAMES_TRIED", 3)
    one = np.full((120, 100, 3), 240, np.uint8)
    cv2.putText(one, "2", (30, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (40,) * 3, 5)
    setup, frames = upright(frames_of(*[one] * 5), "auto")
    found = [(next(frames), setup.rotation)[1] for _ in range(5)]
    assert found == [None, None, 0, 0, 0]


def test_unrelated_pictures_are_each_turned_by_themselves():
    lying = cv2.rotate(PAGE, cv2.ROTATE_90_COUNTERCLOCKWISE)
    setup, frames = upright(frames_of(lying, PAGE), "auto", is_moving=False)
    for frame in frames:
        np.testing.assert_array_equal(frame.image, PAGE)
    assert setup.rotation is None


def test_what_is_no_picture_or_upright_already_stays():
    damaged = Frame(BLANK, 0.0, fault="damaged")
    by_exif = replace(Frame(PAGE, 0.0), is_upright=True)
    _, frames = upright(iter([None, damaged, by_exif]), 90)
    assert list(frames) == [None, damaged, by_exif]


def test_a_part_outside_of_the_frame_is_said():
    outside = replace(QUICK, roi_xywh=(900, 0, 9, 9))
    _, frames = upright(frames_of(PAGE), "auto", settings=outside)
    with pytest.raises(SettingsError, match=r"^--roi: .*outside of the frame"):
        next(frames)
