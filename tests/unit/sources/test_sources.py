import importlib.util
import itertools
import struct

import cv2
import numpy as np
import pytest
from clocks import Clock
from written import jpeg

from edge_app.common.errors import CameraError, ImageError
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.demo import demo_source
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.pictures import jpeg as jpeg_files
from edge_app.sources.pictures.images import read_image
from edge_app.sources.pictures.torn_clip import why_torn

pytestmark = pytest.mark.device


@pytest.fixture
def clip(tmp_path):
    """Two seconds of the demo scene, 5 frames a second."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 480))
    scene = Scene(seed=1)
    for n in range(10):
        writer.write(scene.frame(n / 5)[0])
    writer.release()
    return path


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(demo_source, "time", clock)
    return clock


def taken(source, clock, *, count, works_s):
    """Frames, as somebody takes them who works that long on each."""
    for frame in itertools.islice(source.frames(), count):
        yield frame
        clock.sleep(works_s)
    source.close()


def test_demo_keeps_a_cameras_pace(clock):
    frames = list(taken(open_source("demo"), clock, count=8, works_s=0.01))
    times = [frame.time_s for frame in frames]
    assert times == [pytest.approx(n / 15) for n in range(8)]
    assert frames[0].image.shape == (480, 640, 3)


def test_demo_skips_frames_for_who_is_slow(clock):
    # Three frames and three quarters of one go by.
    frames = taken(open_source("demo"), clock, count=4, works_s=0.25)
    times = [frame.time_s for frame in frames]
    assert times == [pytest.approx(n / 15) for n in (0, 4, 8, 12)]


def test_clip_gives_every_frame_then_ends(clip):
    source = open_source(str(clip))
    frames = list(source.frames())
    source.close()
    assert len(frames) == 10
    assert frames[-1].time_s > frames[0].time_s


def test_clip_without_frames(tmp_path):
    path = tmp_path / "empty.avi"
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    cv2.VideoWriter(str(path), fourcc, 5, (64, 48)).release()
    with pytest.raises(CameraError, match=r"empty\.avi"):
        list(open_source(str(path)).frames())


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


def test_a_torn_clip_says_so_after_its_last_frame(clip, tmp_path):
    torn = tmp_path / "torn.avi"
    torn.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    frames = open_source(str(torn)).frames()
    assert len([next(frames) for _ in range(3)]) == 3
    message = r"torn\.avi: torn: holds [\d,]+ of [\d,]+ bytes; copy it anew"
    with pytest.raises(CameraError, match=message):
        list(frames)


def test_a_torn_clip_without_its_index(tmp_path):
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5, (64, 48))
    for n in range(10):
        writer.write(np.full((48, 64, 3), 20 * n, np.uint8))
    writer.release()
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
    path = tmp_path / "clip.mkv"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 480))
    scene = Scene(seed=1)
    for n in range(20):
        writer.write(scene.frame(n / 5)[0])
    writer.release()
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


def test_missing_clip():
    with pytest.raises(CameraError, match=r"no-such\.mp4: no such file"):
        open_source("no-such.mp4")


def test_text_file_called_clip(tmp_path, capfd):
    path = tmp_path / "clip.mp4"
    path.write_text("not a video")
    with pytest.raises(CameraError, match="cannot be opened as a video"):
        open_source(str(path))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["97", "/dev/video97"])
def test_camera_that_does_not_exist(name, capfd):
    with pytest.raises(CameraError, match=f"camera {name}: there is no /dev/video97"):
        open_source(name)
    assert capfd.readouterr() == ("", "")


def test_size_and_rate_of_the_demo_scene(clock):
    source = open_source("demo", CameraOptions(size_wh=(320, 240), fps=50))
    frames = list(taken(source, clock, count=6, works_s=0.01))
    assert frames[0].image.shape == (240, 320, 3)
    assert frames[-1].time_s == pytest.approx(5 / 50)


def test_a_demo_scene_too_large_to_draw():
    with pytest.raises(CameraError, match="demo: at most 4096 pixels a side"):
        open_source("demo", CameraOptions(size_wh=(8000, 1)))


@pytest.mark.parametrize("name", ["demo", "clip", "rtsp://127.0.0.1:9/x"])
def test_options_are_refused_where_there_is_no_camera(name, clip):
    name = str(clip) if name == "clip" else name
    with pytest.raises(CameraError, match="--focus"):
        open_source(name, CameraOptions(focus=3))


def test_folder_and_pattern_of_images(tmp_path, caplog):
    for n in (2, 10, 1):
        cv2.imwrite(str(tmp_path / f"{n:02}.png"), np.full((20, 30, 3), n, np.uint8))
    (tmp_path / "03.jpg").write_bytes(b"torn")
    (tmp_path / "notes.txt").write_text("no image")
    for name in (str(tmp_path), str(tmp_path / "*.[pj]*g")):
        caplog.clear()
        frames = list(open_source(name).frames())
        readable = [frame for frame in frames if frame.fault is None]
        assert [frame.image[0, 0, 0] for frame in readable] == [1, 2, 10]
        assert "03.jpg" in caplog.text
    with pytest.raises(CameraError, match="no image files"):
        open_source(str(tmp_path / "*.gif"))


def test_images_are_upright_as_exif_says(tmp_path):
    page = np.full((20, 30, 3), 200, np.uint8)
    page[:5] = 40
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(page, orientation=8))
    for name in (photo, tmp_path):
        (frame,) = open_source(str(name)).frames()
        assert frame.image.shape == (30, 20, 3)
        assert frame.image[:, :4].mean() < 60 < 150 < frame.image[:, 6:].mean()


def test_picamera_says_how_it_is_installed():
    if importlib.util.find_spec("picamera2"):
        pytest.skip("picamera2 is installed here")
    with pytest.raises(CameraError, match="apt install python3-picamera2"):
        open_source("picamera")


def test_stream_that_does_not_answer(capfd):
    for url in ("http://127.0.0.1:9/video", "rtsp://127.0.0.1:9/live"):
        with pytest.raises(CameraError, match="does the server run"):
            open_source(url)
    assert capfd.readouterr() == ("", "")


def test_passwords_are_not_shown():
    with pytest.raises(CameraError) as raised:
        open_source("rtsp://me:secret@127.0.0.1:9/live")
    assert "secret" not in str(raised.value)


def test_image_is_read_as_stored(tmp_path):
    image = np.zeros((20, 30, 3), np.uint8)
    image[2, 3] = (10, 20, 30)
    path = tmp_path / "grün.png"
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    np.testing.assert_array_equal(read_image(path), image)


def test_exif_orientation_does_not_turn_the_pixels(tmp_path):
    jpeg = cv2.imencode(".jpg", np.full((40, 60, 3), 200, np.uint8))[1].tobytes()
    # An APP1 segment with one EXIF tag: orientation 6, "rotate 90 degrees".
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"Exif\0\0" + tiff
    app1 = b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg[:2] + app1 + jpeg[2:])
    assert cv2.imread(str(path)).shape == (60, 40, 3)  # OpenCV would turn it
    assert read_image(path).shape == (40, 60, 3)


def test_transparent_ground_is_white(tmp_path):
    image = np.zeros((20, 30, 4), np.uint8)
    image[5:8, 5:8, 3] = 255  # black ink on nothing
    cv2.imwrite(str(tmp_path / "a.png"), image)
    read = read_image(tmp_path / "a.png")
    assert read.shape == (20, 30, 3)
    assert (read[5:8, 5:8] == 0).all()
    assert (read[:5] == 255).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_and_16_bit_images(tmp_path, dtype):
    image = np.full((20, 30), np.iinfo(dtype).max, dtype)
    cv2.imwrite(str(tmp_path / "a.png"), image)
    read = read_image(tmp_path / "a.png")
    assert read.shape == (20, 30, 3)
    assert (read == 255).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.filterwarnings("error")
def test_images_of_floats(tmp_path, caplog, dtype, channels):
    """Whatever they mean, they are read, and so are the files after them."""
    shades = np.linspace(0, 1, 20 * 30 * channels).reshape(20, 30, channels)
    most = np.finfo(dtype).max
    values = {"1": shades, "2": 1e6 * shades - 5e5, "3": shades * most, "4": 0 * shades}
    values["5"], values["6"] = shades.copy(), shades.copy()
    values["5"][:10], values["6"][:10] = np.nan, np.inf
    for name, each in values.items():
        content = cv2.imencode(".tiff", each.astype(dtype))[1].tobytes()
        (tmp_path / f"{name}.tiff").write_bytes(content)
    cv2.imwrite(str(tmp_path / "7.png"), np.full((20, 30), 7, np.uint8))
    frames = list(open_source(str(tmp_path)).frames())
    assert len(frames) == 7
    assert caplog.text == ""
    assert {frame.image.shape for frame in frames} == {(20, 30, 3)}
    assert frames[0].image.max() >= 250
    assert (frames[-1].image == 7).all()


def test_unreadable_images(tmp_path, capfd):
    cases = {
        "missing.jpg": (None, "No such file"),
        "empty.jpg": (b"", "empty file"),
        "text.jpg": (b"hello", "not an image"),
        "header.png": (b"\x89PNG\r\n\x1a\n", "it ends after 8 bytes"),
    }
    for name, (content, message) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(ImageError, match=message):
            read_image(tmp_path / name)
    with pytest.raises(ImageError, match="cannot be read"):
        read_image(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("options", [[], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]])
def test_torn_photographs_where_there_is_no_simplejpeg(tmp_path, options, monkeypatch):
    monkeypatch.setattr(jpeg_files, "simplejpeg", None)  # as on 32-bit ARM
    shades = np.random.default_rng(0).integers(0, 255, (64, 80, 3)).astype(np.uint8)
    plain = cv2.imencode(".jpg", shades, options)[1].tobytes()
    thumbnail = b"\xff\xe1\x00\x08\xff\xd9\xff\xd8\xff\xd9"  # a file within the file
    whole = plain[:2] + thumbnail + plain[2:]
    path = tmp_path / "photo.jpg"
    for content in (plain, whole, whole + b"a camera's own" + bytes(99)):
        path.write_bytes(content)
        assert read_image(path).shape == (64, 80, 3)
    half = len(whole) // 2
    for torn in (whole[:half], whole[:-half] + bytes(half), whole[:-2]):
        path.write_bytes(torn)
        with pytest.raises(ImageError, match=r"photo\.jpg: torn or damaged .* anew"):
            read_image(path)


@pytest.mark.parametrize("options", [[], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]])
def test_torn_and_damaged_photographs(tmp_path, options, capfd):
    pytest.importorskip("simplejpeg")
    shades = np.random.default_rng(0).integers(0, 255, (64, 80, 3)).astype(np.uint8)
    whole = cv2.imencode(".jpg", shades, options)[1].tobytes()
    path = tmp_path / "photo.jpg"
    path.write_bytes(whole)
    np.testing.assert_array_equal(read_image(path), cv2.imread(str(path)))
    half = len(whole) // 2
    for torn in (whole[:half], whole[:-half] + bytes(half), whole[:-9] + whole[-2:]):
        path.write_bytes(torn)
        with pytest.raises(ImageError, match=r"photo\.jpg: torn or damaged .* anew"):
            read_image(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC.*heif-convert"),
        ("a.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC.*heif-convert"),
        ("a.pdf", b"%PDF-1.7\n", "PDF.*pdftoppm"),
        ("a.png", b"\n<!DOCTYPE html><html>", "web page.* itself"),
    ],
)
def test_files_that_are_no_pictures_to_opencv(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content + bytes(1000))
    with pytest.raises(ImageError, match=message):
        read_image(path)
    with pytest.raises((CameraError, ImageError), match=message):
        list(open_source(str(path)).frames())


def test_image_of_100_megapixels_is_refused(tmp_path, capfd):
    path = tmp_path / "huge.png"
    # One bit a pixel keeps the file and this test's memory small.
    flags = [cv2.IMWRITE_PNG_BILEVEL, 1]
    cv2.imwrite(str(path), np.full((10_000, 10_000), 255, np.uint8), flags)
    with pytest.raises(ImageError, match="at most 64 megapixels"):
        read_image(path)
    assert capfd.readouterr() == ("", "")
