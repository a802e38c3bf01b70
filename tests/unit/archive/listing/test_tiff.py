"""The directories of TIFF files, of all kinds."""

import struct

import pytest
from needed import need

need("pypdfium2", reason="needs the extra archive")

from scans import page, tiff

from edge_app.archive.listing import tiff as directories
from edge_app.common.errors import ImageDamagedError

SHORT, LONG, RATIONAL = 3, 4, 5
UNKNOWN_TYPE = 99
LETTERS = {SHORT: "H", LONG: "I", RATIONAL: "II", UNKNOWN_TYPE: "I"}


def file_of(*fields, order="<", is_big=False):
    """A file of one page: tag, type and value of each entry of its directory."""
    count, offset, size = ("Q", "Q", 8) if is_big else ("H", "I", 4)
    mark = {"<": b"II", ">": b"MM"}[order]
    head = mark + (
        struct.pack(order + "HHHQ", 43, 8, 0, 16)
        if is_big
        else struct.pack(order + "HI", 42, 8)
    )
    body, data = struct.pack(order + count, len(fields)), b""
    entry_size = 20 if is_big else 12
    start = len(head) + len(body) + entry_size * len(fields) + size
    for tag, kind, *values in fields:
        value = struct.pack(order + LETTERS[kind], *values)
        if len(value) > size:
            inline = struct.pack(order + offset, start + len(data))
            data += value
        else:
            inline = value.ljust(size, b"\0")
        body += struct.pack(order + "HH" + offset, tag, kind, 1) + inline
    return head + body + struct.pack(order + offset, 0) + data


SIZE = [(256, SHORT, 30), (257, SHORT, 20)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True])
def test_directories_of_all_kinds_of_tiff(order, is_big):
    content = file_of(*SIZE, (274, SHORT, 6), order=order, is_big=is_big)
    (found,) = directories.pages(content, "scan")
    assert (found.width, found.height, found.is_whole) == (30, 20, True)


@pytest.mark.parametrize("is_big", [False, True])
@pytest.mark.parametrize(
    ("across", "down", "orientation", "stretch"),
    [
        ((204, 1), (98, 1), 1, 204 / 98),  # a fax of standard resolution
        ((204, 1), (98, 1), 6, 98 / 204),  # one that lies on its side
        ((300, 2), (150, 1), 1, 1),
        ((204, 1), (98, 0), 1, 204),  # no number of lines an inch
    ],
)
def test_pixels_are_as_high_as_the_resolution_says(
    is_big, across, down, orientation, stretch
):
    resolution = (282, RATIONAL, *across), (283, RATIONAL, *down)
    fields = *SIZE, (274, SHORT, orientation), *resolution
    (found,) = directories.pages(file_of(*fields, is_big=is_big), "scan")
    assert found.stretch == pytest.approx(stretch)


@pytest.mark.parametrize(("length", "is_whole"), [(62, True), (63, False)])
def test_pixels_beyond_the_end_of_the_file_are_missing(length, is_whole):
    content = file_of(*SIZE, (273, LONG, 0), (279, LONG, length))
    assert len(content) == 62
    (found,) = directories.pages(content, "scan")
    assert found.is_whole == is_whole


@pytest.mark.parametrize(
    "fields",
    [
        [(256, SHORT, 30)],
        [(257, SHORT, 20)],
        [(256, SHORT, 0), (257, SHORT, 20)],
        [(256, UNKNOWN_TYPE, 30), (257, SHORT, 20)],
    ],
)
def test_a_page_without_a_size_is_damaged(fields):
    with pytest.raises(ImageDamagedError, match="scan: torn or damaged"):
        directories.pages(file_of(*fields), "scan")


def test_an_orientation_that_cannot_be_read_is_none():
    content = file_of(*SIZE, (274, UNKNOWN_TYPE, 6))
    (found,) = directories.pages(content, "scan")
    assert found.stretch == 1


@pytest.mark.parametrize("content", [b"II*\0", b"II*\0" + bytes(4)])
def test_a_file_without_a_page_is_torn(content):
    with pytest.raises(ImageDamagedError, match=r"^scan: torn or damaged"):
        directories.pages(content, "scan")


def test_directories_without_end():
    content = tiff([page(1)])
    first = struct.unpack_from("<I", content, 4)[0]
    count = struct.unpack_from("<H", content, first)[0]
    place = first + 2 + 12 * count
    endless = content[:place] + struct.pack("<I", first) + content[place + 4 :]
    with pytest.raises(ImageDamagedError, match="torn or damaged"):
        directories.pages(endless, "scan")
