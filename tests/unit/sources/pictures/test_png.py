"""PNG files of every kind, whole and damaged: libpng is never heard."""

import random
import struct
import zlib
from contextlib import suppress

import cv2
import numpy as np
import pytest

from edge_app.common.errors import ImageError
from edge_app.sources.pictures import png
from edge_app.sources.pictures.images import decode

pytestmark = pytest.mark.device

ADAM7 = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
]  # fmt: skip


def chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def file_of(*chunks):
    return png.SIGNATURE + b"".join(
        chunk(*chunk_parts) for chunk_parts in (*chunks, (b"IEND", b""))
    )


def header(width, height, depth, color, interlace=0):
    return b"IHDR", struct.pack(">II5B", width, height, depth, color, 0, 0, interlace)


def rows(pixels):
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def interlaced(pixels):
    height, width = pixels.shape[:2]
    passes = [pixels[y::step_y, x::step_x] for x, y, step_x, step_y in ADAM7]
    packed = zlib.compress(
        b"".join(rows(pass_pixels) for pass_pixels in passes if pass_pixels.size)
    )
    return file_of(header(width, height, 8, 2, 1), (b"IDAT", packed))


def with_palette(*more):
    packed = zlib.compress(rows(np.arange(4, dtype=np.uint8).reshape(2, 2)))
    palette = bytes(range(0, 120, 10))
    return file_of(header(2, 2, 8, 3), (b"PLTE", palette), *more, (b"IDAT", packed))


def noise(*shape, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, 255, shape).astype(dtype)


def kinds():
    plain = [
        noise(20, 30), noise(20, 30, 3), noise(20, 30, 4), noise(1, 1, 3),
        noise(20, 30, dtype=np.uint16),
    ]  # fmt: skip
    yield from (cv2.imencode(".png", image)[1].tobytes() for image in plain)
    bilevel = [cv2.IMWRITE_PNG_BILEVEL, 1]
    yield cv2.imencode(".png", noise(20, 30) // 128 * 255, bilevel)[1].tobytes()
    yield from (interlaced(noise(*size, 3)) for size in ((20, 30), (1, 1), (3, 2)))
    yield with_palette()
    yield with_palette((b"tRNS", b"\0\x80"))


def as_opencv_reads(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("content", [*kinds()])
def test_every_kind_stays_what_it_is(content):
    kept = as_opencv_reads(png.picture_alone(content))
    np.testing.assert_array_equal(kept, as_opencv_reads(content))


def test_profiles_and_texts_are_left_out(capfd):
    whole = cv2.imencode(".png", noise(20, 30, 3))[1].tobytes()
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"))
    content = whole[:33] + profile + chunk(b"tEXt", b"damaged")[:-1] + b"!" + whole[33:]
    np.testing.assert_array_equal(decode(content, "a"), as_opencv_reads(whole))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (file_of((b"IDAT", b"")), "header is missing"),
        (file_of(header(0, 1, 8, 2)), "header is damaged"),
        (file_of(header(1, 1, 3, 2)), "header is damaged"),
        (file_of(header(1, 1, 8, 3), (b"IDAT", b"")), "palette is missing"),
        (file_of(header(1, 1, 8, 3), (b"PLTE", b"1234")), "palette is damaged"),
        (file_of(header(2, 2, 8, 0), (b"IDAT", zlib.compress(b"\0"))), "cut short"),
        (file_of(header(1, 1, 8, 0), (b"IDAT", b"no zlib")), "picture is damaged"),
        (file_of(header(1, 1, 8, 0), (b"IDAT", zlib.compress(b"\7\1"))), "is damaged"),
        (file_of(header(1, 1, 8, 0), (b"IDAT", zlib.compress(bytes(9)))), "is damaged"),
        (file_of(header(10**5, 10**5, 8, 0)), "at most 64 megapixels"),
    ],
)  # fmt: skip
def test_damage_is_named(content, message, capfd):
    with pytest.raises(ImageError, match=message):
        decode(content, "a.png")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [*kinds()])
def test_damage_anywhere_is_silent(content, capfd):
    """Cut, changed, and changed with checksums that fit, as an attacker's would."""
    rng = random.Random(0)
    length = len(content)
    for _ in range(60):
        changed = bytearray(content)
        changed[rng.randrange(8, length)] ^= rng.randrange(1, 256)
        mended = bytearray(content)
        place = rng.choice([8, content.index(b"IDAT") - 4])
        (size,) = struct.unpack_from(">I", content, place)
        mended[place + 8 + rng.randrange(size)] ^= rng.randrange(1, 256)
        checksum = zlib.crc32(mended[place + 4 : place + 8 + size])
        mended[place + 8 + size : place + 12 + size] = struct.pack(">I", checksum)
        for damaged in (content[: rng.randrange(8, length)], changed, mended):
            with suppress(ImageError):
                decode(bytes(damaged), "a.png")
    assert capfd.readouterr() == ("", "")
