"""One field in one frame."""

import json

import numpy as np

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading

FIELD = Field("water", (0.1, 0.1, 0.5, 0.2), decimals=3, unit="m³")
CORNERS = ((10, 20), (110, 25), (108, 65), (8, 60))  # of a place that is turned


def test_the_box_holds_all_corners_of_a_turned_place():
    assert FieldReading(FIELD, corners_xy=CORNERS).box_xywh == (8, 20, 102, 45)
    assert FieldReading(FIELD).box_xywh == (0, 0, 0, 0)


def test_a_reading_is_plain_json_with_its_field_s_name_and_unit():
    reading = FieldReading(FIELD, "01234", 0.987654, 1.234, 1.0, corners_xy=CORNERS)
    assert json.loads(json.dumps(reading.to_dict())) == {
        "name": "water",
        "value": 1.234,
        "previous": 1.0,
        "fault": None,
        "unit": "m³",
        "text": "01234",
        "confidence": 0.9877,
        "corners": [[10, 20], [110, 25], [108, 65], [8, 60]],
    }


def test_a_field_that_is_not_read_says_why_and_how_sure_nobody_is():
    row = FieldReading(FIELD, fault="camera moved").to_dict()
    assert row["fault"] == "camera moved"
    assert row["confidence"] is row["text"] is row["value"] is None


def test_readings_with_the_same_number_are_equal_whatever_their_pictures():
    pictures = (np.full((2, 2, 3), level, np.uint8) for level in (0, 255))
    first, second = (FieldReading(FIELD, "01234", image=image) for image in pictures)
    assert first == second
