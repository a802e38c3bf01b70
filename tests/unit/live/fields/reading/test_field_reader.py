"""Fields as they are read in frames, and followed where a camera moves."""

import cv2
import numpy as np
from cameras import knocked

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.field import Field
from edge_app.live.fields.locating.align import Reference
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.following import Following
from edge_app.sources.source import Frame


def test_fields_are_read_and_followed(page):
    image, places = page
    fields = tuple(
        Field(f"n{text}", place, pattern=f"[0-9]{{{len(text)}}}")
        for text, place in places.items()
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(Setup(fields=fields)))
    following = Following(is_moving=False)
    reading, events = following.follow(Frame(image, 0.0), reader.read(image))
    assert [f"n{field.text}" for field in reading.fields] == [f.name for f in fields]
    assert [field.value for field in reading.fields] == [int(text) for text in places]
    assert [number.text for number in reading.numbers] == list(places)
    assert [event.kind for event in events] == ["settled"] * len(fields)
    followed = reading.to_dict()["fields"][0]
    assert followed["value"] == int(fields[0].name[1:])
    assert followed["fault"] is None
    for digit in reading.digits:  # back where they are in the frame
        x, y, w, h = digit.box_xywh
        assert image[y : y + h, x : x + w].min() < 128


def test_a_field_without_its_number_says_so(page):
    image, places = page
    text, place = next(iter(places.items()))
    fields = (
        Field("empty", (0.0, 0.97, 0.1, 0.03)),
        Field("other", place, pattern=f"[0-9]{{{len(text) + 2}}}"),
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(Setup(fields=fields)))
    faults = [field.fault for field in reader.read(image).fields]
    assert faults == ["unreadable: no digits", "unreadable: not as the pattern"]
    every = tuple(Field(f"n{name}", place) for name, place in places.items())
    blurred = cv2.GaussianBlur(image, (0, 0), 2.5)
    found = reader.read_fields(blurred, Setup(fields=every)).fields
    least = min(found, key=lambda field: field.confidence)
    assert least.confidence < 0.999
    for share, fault in ((0.999, None), (1.001, "unreadable: unsure")):
        strict = Setup(fields=every, min_confidence=share * least.confidence)
        again = reader.read_fields(blurred, strict).fields[found.index(least)]
        assert again.fault == fault
        assert (again.text is None) == (fault is not None)


def test_fields_follow_a_knocked_camera(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    # All but one number may have changed since, and are not compared.
    fields = (Field("first", next(iter(places.values()))),)
    setup = Setup(fields=fields, reference=tmp_path / "reference.png")
    reader = LiveReader(ReaderSettings(), LiveSetup(setup))
    moved, truth = knocked(image, (25, -18), 2.5)
    reading = reader.read(moved)
    assert reading.fields[0].text == next(iter(places))
    alignment = Reference(image, [fields[0].place])
    x, y, w, h = fields[0].place
    corner = np.array([(x + w / 2) * 640, (y + h / 2) * 480, 1])
    found = alignment.matrix(moved) @ [x + w / 2, y + h / 2, 1]
    assert np.allclose(found[:2] / found[2], (truth @ corner)[:2], atol=1.5)


def test_another_picture_means_that_the_camera_moved(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    setup = Setup(
        fields=(Field("first", next(iter(places.values()))),),
        reference=tmp_path / "reference.png",
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(setup))
    rng = np.random.default_rng(1)
    other = rng.integers(0, 255, (480, 640, 3), np.uint8)
    assert [field.fault for field in reader.read(other).fields] == ["camera moved"]
    assert reader.read(image).fields[0].fault is None
