"""Files that are no pictures to OpenCV, known by how they begin."""

import io
import zipfile

import cv2
import numpy as np
import pytest

from edge_app.sources.pictures import foreign

pytestmark = pytest.mark.device


def beginning(brand):
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1"


@pytest.mark.parametrize(
    ("content", "kind", "advice"),
    [
        (beginning(b"heic"), "HEIC, as iPhones save photographs", "(heif-convert)"),
        (beginning(b"mif1"), "HEIC, as iPhones save photographs", "(heif-convert)"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF file, no picture", "pdftoppm -png"),
        (b"<!DOCTYPE html>\n<html>", "a web page, no picture", "save the picture"),
        (b"\r\n  <!doctype html>", "a web page, no picture", "save the picture"),
        (b"<html lang=de>", "a web page, no picture", "save the picture"),
        (b'<svg xmlns="http', "an SVG drawing, no picture", "export it as PNG"),
        (b"<?xml version='1.0'", "XML, such as an SVG drawing", "export it as PNG"),
        (b"8BPS\0\1\0\0", "a Photoshop file", "export it as PNG"),
    ],
)
def test_what_it_is_and_what_to_do(content, kind, advice):
    for given in (content[:16], content + bytes(1000)):
        said = foreign.what(given)
        assert said.startswith(kind)
        assert advice in said


def test_an_office_document_is_an_archive():
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("word/document.xml", "<?xml version='1.0'?>")
    assert "archive or office document" in foreign.what(document.getvalue())


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tiff", ".webp"])
def test_pictures_are_nothing_known(suffix):
    content = cv2.imencode(suffix, np.zeros((20, 30, 3), np.uint8))[1].tobytes()
    assert foreign.what(content) is None


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"hello", beginning(b"isom"), b"x<html>", bytes(16)]
)
def test_what_begins_otherwise_is_nothing_known(content):
    assert foreign.what(content) is None
