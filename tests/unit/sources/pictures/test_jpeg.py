"""Photographs and cameras' pictures, whole, torn and damaged."""

import cv2
import numpy as np
import pytest

from edge_app.common.errors import ImageError
from edge_app.sources.pictures import jpeg as jpeg_files
from edge_app.sources.pictures.images import read_image

pytestmark = pytest.mark.device


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


@pytest.fixture(params=[True, False], ids=["simplejpeg", "OpenCV alone"])
def decoder(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(jpeg_files, "simplejpeg", None)
    elif jpeg_files.simplejpeg is None:
        pytest.skip("needs simplejpeg")


def picture():
    shades = np.random.default_rng(0).integers(0, 255, (64, 80, 3)).astype(np.uint8)
    return cv2.imencode(".jpg", shades)[1].tobytes()


def test_a_camera_s_picture_is_decoded_with_what_it_appends(decoder):
    whole = picture()
    expected = cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR)
    for content in (whole, whole + bytes(9), whole + b"\r\n"):
        assert np.array_equal(jpeg_files.camera_picture(content), expected)


def test_a_camera_s_picture_that_is_cut_short_is_none(decoder, capfd):
    whole = picture()
    for content in (
        whole[: len(whole) // 2],
        whole[:-2],
        b"\xff\xd8\xff\xd9",
        b"hello",
    ):
        assert jpeg_files.camera_picture(content) is None
    assert capfd.readouterr() == ("", "")


def test_what_is_no_jpeg_is_left_to_others(decoder):
    assert jpeg_files.photo(b"") is None
    assert jpeg_files.photo(b"\x89PNG\r\n\x1a\n") is None
