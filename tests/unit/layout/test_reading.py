"""What was read, as plain lists and numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from edge_app.layout.grouping import Number
from edge_app.live.fields.setup import fields_of
from edge_app.live.fields.values.value import FieldReading
from edge_app.reading import Digit, Reading

pytestmark = pytest.mark.device

DIGIT = Digit((12, 8, 20, 31), 7, 0.123456, alternatives=((7, 0.98765), (1, 0.00004)))
SPECK = Digit((1, 2, 3, 4), 1, 0.5, reject="small")
READING = Reading(
    640, 480, (DIGIT,), (Number("7", DIGIT.box_xywh, (0,)),), (SPECK,),
    {"find": 1.23456, "total": 2.0}, rotation=90,
)  # fmt: skip


def test_a_digit_is_plain_and_its_probabilities_are_rounded():
    assert DIGIT.to_dict() == {
        "box_xywh": [12, 8, 20, 31],
        "label": 7,
        "confidence": 0.1235,
        "alternatives": [[7, 0.9877], [1, 0.0]],
    }
    assert SPECK.to_dict()["reject"] == "small"


def test_a_reading_is_plain():
    found = READING.to_dict()
    assert (found["width"], found["height"], found["rotation"]) == (640, 480, 90)
    assert found["digits"] == [DIGIT.to_dict()]
    assert found["latency_ms"] == {"find": 1.235, "total": 2.0}
    assert json.loads(json.dumps(found))["numbers"] == [
        {"text": "7", "box_xywh": [12, 8, 20, 31], "digits": [0]}
    ]


def test_what_was_rejected_and_fields_are_told_where_they_are_wanted():
    assert not {"rejects", "fields"} & READING.to_dict().keys()
    assert READING.to_dict(rejects=True)["rejects"] == [SPECK.to_dict()]
    (water,) = fields_of({"water": {"place": [0, 0, 1, 1]}})
    field = FieldReading(water, "7", confidence=0.5, value=7)
    found = replace(READING, fields=(field,)).to_dict()
    assert found["fields"] == [field.to_dict()]


def test_digits_are_the_same_whatever_their_pixels_are():
    ink, image = np.ones((3, 2), np.uint8), np.ones((28, 28), np.uint8)
    opinions = {"page": np.full(10, 0.1, np.float32)}
    assert replace(DIGIT, ink=ink, image=image, opinions=opinions) == DIGIT
    assert replace(DIGIT, label=1) != DIGIT
