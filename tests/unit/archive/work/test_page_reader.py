"""What reads an archive's pages: all of them, or the fields of a form."""

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from scans import page

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.work.page_reader import FormReader, opened
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import ModelError
from edge_app.live.fields.setup import Setup, fields_of
from edge_app.reader import Reader

QUICK = ReaderSettings(reader="classic")  # no network


@pytest.fixture(scope="module")
def form():
    """A page and its first number."""
    image = page(1, (320, 240))
    return image, Reader(finder="classic").read(image).numbers[0]


def setup(number, *, rotate=0, **more):
    x, y, w, h = number.box_xywh
    place = [(x - 4) / 320, (y - 4) / 240, (w + 8) / 320, (h + 8) / 240]
    tables = {"total": {"place": place, **more}}
    return Setup(rotate=rotate, fields=fields_of(tables))


def test_without_fields_all_of_a_page_is_read(form):
    image, number = form
    reader = opened(ArchiveSettings(QUICK))
    assert isinstance(reader, Reader)
    assert number in reader.read(image).numbers
    with pytest.raises(ModelError, match=r"no\.tflite"):
        opened(ArchiveSettings(ReaderSettings(model="no.tflite")))


def test_with_fields_these_alone_are_read(form):
    image, number = form
    reader = opened(ArchiveSettings(QUICK, setup(number, decimals=1)))
    assert isinstance(reader, FormReader)
    reading = reader.read(image)
    assert [read_number.text for read_number in reading.numbers] == [number.text]
    (field,) = reading.fields
    assert (field.text, field.value) == (number.text, int(number.text) / 10)
    assert field.fault is None


@pytest.mark.parametrize("turned_by", ["setup", "auto", "page"])
def test_a_page_that_lies_is_turned_and_its_boxes_lie_on_it(form, turned_by):
    image, number = form
    lying = cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    rotate = {"setup": 90, "auto": "auto", "page": 0}[turned_by]
    reader = FormReader(QUICK, setup(number, rotate=rotate))
    reading = reader.read(lying, rotate=90 if turned_by == "page" else None)
    assert (reading.width, reading.height, reading.rotation) == (240, 320, 90)
    (found,) = reading.numbers
    assert found.text == number.text
    x, y, w, h = number.box_xywh
    assert found.box_xywh == pytest.approx((y, 320 - x - w, h, w), abs=3)
    for digit in reading.digits:
        left, top, width, height = digit.box_xywh
        assert lying[top : top + height, left : left + width].min() < 128


def test_a_value_that_cannot_be_is_a_fault(form):
    image, number = form
    reader = FormReader(QUICK, setup(number, maximum=1, never_falls=True))
    for _ in range(2):  # pages limit each other's values in nothing
        (field,) = reader.read(image).fields
        assert field.fault == f"implausible: {int(number.text)} is above 1"
        assert field.value is None


def test_what_is_not_read_has_a_fault_and_no_value(form):
    image, number = form
    reader = FormReader(QUICK, setup(number, pattern="[0-9]{9}"))
    (field,) = reader.read(image).fields
    assert (field.text, field.value) == (None, None)
    assert field.fault == "unreadable: not as the pattern"
