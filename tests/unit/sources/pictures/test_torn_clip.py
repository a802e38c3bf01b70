"""Video files that were cut off."""

import struct

import numpy as np
import pytest
from written import write_clip

from edge_app.common.errors import CameraError
from edge_app.sources import open_source
from edge_app.sources.pictures.torn_clip import why_torn

pytestmark = pytest.mark.device


NOISE = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)


def box(kind, size, more=b""):
    return struct.pack(">I4s", size, kind) + more


@pytest.mark.parametrize(
    ("content", "announced"),
    [
        (box(b"ftyp", 16, bytes(8)) + box(b"mdat", 108, bytes(50)), 124),
        (
            box(b"ftyp", 8) + box(b"mdat", 1, struct.pack(">Q", 5_000_000_000)),
            8 + 5 * 10**9,
        ),
        (box(b"ftyp", 16, bytes(8)) + box(b"mdat", 58, bytes(50)), None),
        (box(b"ftyp", 8) + box(b"mdat", 0, bytes(50)), None),  # to the end
        (box(b"ftyp", 8) + box(b"SEFT", 2**31, bytes(50)), None),  # no box
        (b"RIFF" + struct.pack("<I", 1000) + b"AVI " + bytes(200), 1008),
        (b"RIFF" + struct.pack("<I", 204) + b"AVI " + bytes(200), None),
        (b"RIFF" + struct.pack("<I", 0) + b"AVI " + bytes(200), None),  # power was cut
        (b"RIFF\xff\xff\xff\xffAVI " + bytes(200), None),  # written as a stream
        (b"\x1aE\xdf\xa3" + bytes(50), None),
        (b"", None),
    ],
)
def test_a_clip_says_how_long_it_is(tmp_path, content, announced):
    path = tmp_path / "clip"
    path.write_bytes(content)
    message = None
    if announced is not None:
        message = f"torn: holds {len(content):,} of {announced:,} bytes; copy it anew"
    assert why_torn(path) == message


def test_a_torn_clip_says_so_after_its_last_frame(tmp_path):
    clip = write_clip(tmp_path / "clip.avi", 10 * [NOISE])
    torn = tmp_path / "torn.avi"
    torn.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    frames = open_source(str(torn)).frames()
    assert len([next(frames) for _ in range(3)]) == 3
    message = r"torn\.avi: torn: holds [\d,]+ of [\d,]+ bytes; copy it anew"
    with pytest.raises(CameraError, match=message):
        list(frames)


def test_a_torn_clip_without_its_index(tmp_path):
    path = tmp_path / "clip.mp4"
    shades = [np.full((48, 64, 3), 20 * n, np.uint8) for n in range(10)]
    write_clip(path, shades, fourcc="mp4v")
    assert len(list(open_source(str(path)).frames())) == 10
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov") + 40])
    with pytest.raises(CameraError, match=r"clip\.mp4: torn: holds"):
        open_source(str(path))
    path.write_bytes(content[: content.index(b"moov") - 4])
    with pytest.raises(CameraError, match=r"clip\.mp4: torn: has no index \(moov\)"):
        open_source(str(path))


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_torn_matroska_clip(tmp_path, is_finished):
    path = write_clip(tmp_path / "clip.mkv", 20 * [NOISE])
    content = path.read_bytes()
    if not is_finished:  # the length of all is written at the end
        segment = content.index(bytes.fromhex("18538067")) + 4
        content = content[:segment] + b"\x01" + 7 * b"\xff" + content[segment + 8 :]
        path.write_bytes(content)
    assert why_torn(path) is None
    assert len(list(open_source(str(path)).frames())) == 20
    path.write_bytes(content[: len(content) // 2])
    frames = open_source(str(path)).frames()
    assert len([next(frames) for _ in range(3)]) == 3
    amount = r"[\d,]+" if is_finished else r"at least [\d,]+"
    with pytest.raises(CameraError, match=rf"\.mkv: torn: holds [\d,]+ of {amount} by"):
        list(frames)
