"""Events as a history shows them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tracks import number
from updates import event, known_update

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading
from edge_app.sinks.records import happenings

pytestmark = pytest.mark.device

BOX = (100, 100, 98, 32)  # of the number 2927, as `tracks.number` writes it
PLACE = ((90, 90), (210, 90), (210, 140), (90, 140))


def happened(*events, after=0, with_specimens=True, **frame):
    update = known_update(*number("2927"), events=events, **frame)
    return list(happenings.of(update, after=after, with_specimens=with_specimens))


def test_what_only_appeared_is_none_and_the_others_are_counted_on():
    kinds = "appeared", "settled", "changed", "gone"
    found = happened(*(event(kind, box_xywh=BOX) for kind in kinds), after=7)
    assert [(one.serial, one.event.kind) for one in found] == [
        (8, "settled"), (9, "changed"), (10, "gone")
    ]  # fmt: skip


def test_a_number_has_a_small_picture_until_it_is_gone():
    there, gone = happened(event(box_xywh=BOX), event("gone", box_xywh=BOX))
    picture = cv2.imdecode(np.frombuffer(there.thumb, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[0] <= 40
    assert picture.shape[1] > picture.shape[0]
    assert gone.thumb is gone.specimen is gone.name is None


@pytest.mark.parametrize(
    ("text", "box_xywh", "is_known"),
    [("2927", BOX, True), ("2928", BOX, False), ("2927", (0, 0, 9, 9), False)],
)
def test_a_number_may_be_corrected_if_the_frame_has_it_as_the_event_tells(
    text, box_xywh, is_known
):
    (found,) = happened(event(number_id=3, text=text, box_xywh=box_xywh))
    assert (found.specimen is not None) == (found.name is not None) == is_known
    if is_known:
        assert found.specimen.text == text
        assert found.name == found.specimen.name
        assert found.name.endswith("-3")


def test_where_nobody_may_correct_anything_there_is_no_specimen():
    (found,) = happened(event(box_xywh=BOX), with_specimens=False)
    assert found.specimen is None
    assert found.thumb is not None


def test_a_field_s_number_lies_within_its_place_and_its_picture_is_not_kept():
    field = Field("water", (0.1, 0.1, 0.3, 0.1))
    image = np.zeros((50, 120, 3), np.uint8)
    read = FieldReading(field, "2927", corners_xy=PLACE, image=image)
    of_field = replace(event(box_xywh=read.box_xywh), field=read)
    elsewhere = replace(of_field, box_xywh=(300, 300, 120, 50))
    first, second = happened(of_field, elsewhere)
    assert (first.field, first.event.field.text) == ("water", "2927")
    assert first.event.field.image is None
    assert read.image is image
    assert first.specimen.text == "2927"
    assert second.specimen is None


def test_it_happened_when_its_frame_was_captured_in_the_file_it_is_of():
    update = known_update(*number("2927"), events=[event(box_xywh=BOX)], name="a.png")
    (found,) = happenings.of(update, after=0, with_specimens=False)
    assert found.when_s == pytest.approx(update.made_s - 0.005)  # read in 5 ms
    assert found.source == "a.png"
