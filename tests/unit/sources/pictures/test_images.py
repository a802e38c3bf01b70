"""Photographs in files of every kind."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.common.errors import CameraError, ImageError, ImageTooLargeError
from edge_app.sources import open_source
from edge_app.sources.pictures.images import read_image

pytestmark = pytest.mark.device


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
    for name, value in values.items():
        content = cv2.imencode(".tiff", value.astype(dtype))[1].tobytes()
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
    with pytest.raises(ImageError, match=r"a folder; .* edge-digits run --source /"):
        read_image(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_what_never_ends_or_never_comes_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match=r"pipe.jpg: an image file .*, got a pipe$"):
        read_image(tmp_path / "pipe.jpg")
    with pytest.raises(CameraError, match=r"pipe.jpg: a video file .*, got a pipe"):
        open_source(str(tmp_path / "pipe.jpg"))
    with pytest.raises(ImageError, match=r"^/dev/zero: an image file .* a device$"):
        read_image("/dev/zero")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="a system without /dev/fd")
def test_a_pipe_that_is_handed_over_is_read():
    reader, writer = os.pipe()
    os.write(writer, cv2.imencode(".png", np.zeros((20, 30), np.uint8))[1].tobytes())
    os.close(writer)
    assert read_image(f"/dev/fd/{reader}").shape == (20, 30, 3)
    os.close(reader)


def test_a_file_that_is_too_large_for_a_picture_is_not_read(tmp_path):
    with (tmp_path / "a.jpg").open("wb") as file:
        file.truncate(3 << 30)  # takes no room on the disk
    with pytest.raises(ImageTooLargeError, match=r"a.jpg: at most 500 megabytes"):
        read_image(tmp_path / "a.jpg")


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
