"""Video files that a server holds."""

import numpy as np
import pytest
from cameras import file_server
from written import write_clip, write_shades

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources.network.connect import connect
from edge_app.sources.network.video import RemoteClip

pytestmark = pytest.mark.device

NOISE = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)
IMAGES = [np.roll(NOISE, n, axis=1) for n in range(10)]


@pytest.fixture
def server(tmp_path):
    with file_server(tmp_path) as url:
        yield url


def opened(url):
    return RemoteClip(url, connect(url))


def test_every_frame_comes_once(tmp_path, server):
    shades = write_shades(tmp_path / "a.avi")
    clip = opened(f"{server}/a.avi")
    frames = list(clip.frames())
    clip.close()
    assert [frame.image.mean() for frame in frames] == pytest.approx(shades, abs=5)
    times = [frame.time_s for frame in frames]
    assert times == pytest.approx([n / 5 for n in range(10)], abs=0.01)
    assert (clip.name, clip.is_live) == (f"{server}/a.avi", False)


def test_a_file_that_breaks_off_says_so(tmp_path, server):
    path = write_clip(tmp_path / "a.avi", IMAGES)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    clip = opened(f"{server}/a.avi")
    with pytest.raises(CameraError, match=r"/a\.avi: broke off after [4-6] of 10 pict"):
        list(clip.frames())


def test_an_index_at_the_end_is_out_of_reach(tmp_path, server, capfd):
    """A server of Python's gives whole files only; this one is more than read ahead."""
    path = write_clip(tmp_path / "a.mp4", 3 * IMAGES, fourcc="mp4v")
    assert path.stat().st_size > 2**17
    with pytest.raises(UnfitSourceError, match=r"a\.mp4: the index.*faststart"):
        opened(f"{server}/a.mp4")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [b"", bytes(2000), b"\xff\xd8\xff" + bytes(9)])
def test_what_is_no_video_is_refused(tmp_path, server, content, capfd):
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(UnfitSourceError, match="no picture and cannot be opened as a"):
        opened(f"{server}/a.bin")
    assert capfd.readouterr() == ("", "")
