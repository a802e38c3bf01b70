"""A number as it was read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge_app.sinks.corrections import specimen


def test_specimens_are_what_the_model_saw(update, specimens):
    numbers = update.reading.numbers
    assert [sample.text for sample in specimens] == [
        read_number.text for read_number in numbers
    ]
    assert len({sample.name for sample in specimens}) == len(numbers) > 1
    for number, sample in zip(numbers, specimens, strict=True):
        for index, image in zip(number.digits, sample.images, strict=True):
            assert np.array_equal(update.reading.digits[index].image, image)
        picture = cv2.imdecode(
            np.frombuffer(sample.picture, np.uint8), cv2.IMREAD_COLOR
        )
        assert 20 < picture.shape[0] <= 96
        assert picture.shape[1] > picture.shape[0]


def test_it_is_called_by_the_moment_in_utc_and_which_of_its_frame_it_is(update):
    found = specimen.of_numbers(update.frame.image, update.reading, time_s=1.25)
    names = [sample.name for sample in found]
    assert names[:2] == ["19700101-000001-250000-0", "19700101-000001-250000-1"]


def test_where_an_image_is_not_known_there_is_none(update):
    reading = update.reading
    number = reading.numbers[0]
    digits = list(reading.digits)
    digits[number.digits[0]] = replace(digits[number.digits[0]], image=None)
    unknown = replace(reading, digits=tuple(digits))
    first, second, *_ = specimen.of_numbers(update.frame.image, unknown, time_s=1.0)
    assert (first.text, first.images) == (number.text, ())
    assert len(second.images) == len(second.text)


@pytest.mark.parametrize(("turn", "is_wide"), [(0, True), (90, False), (180, True)])
def test_a_part_is_shown_upright(turn, is_wide):
    frame = np.full((200, 300, 3), 250, np.uint8)
    box = 50, 50, 120, 30
    picture = specimen.shown(frame, box, height=400, widest=8, turn=turn)
    height, width = picture.shape[:2]
    assert (width > height) == is_wide


def test_a_part_is_shown_no_larger_than_wanted():
    frame = np.full((400, 2000, 3), 250, np.uint8)
    small = specimen.shown(frame, (100, 100, 100, 100), height=40, widest=8)
    assert small.shape[0] == 40
    wide = specimen.shown(frame, (100, 100, 1800, 20), height=40, widest=8)
    assert wide.shape[1] == 320
    gone = specimen.shown(frame, (5000, 5000, 10, 10), height=40, widest=8)
    assert gone.shape == (1, 1, 3)
