import struct

import cv2
import numpy as np
import pytest
from needed import need

need("pypdfium2", reason="needs the extra archive")

from scans import fax, page, pdf, tiff
from written import jpeg

from edge_app.archive.listing import documents
from edge_app.archive.listing import tiff as directories
from edge_app.common.errors import ImageDamagedError, ImageError, ImageTooLargeError


def opened(content):
    return documents.opened(content, "scan", dpi=72)


def distance(a, b):
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize("encode", [tiff, pdf])
def test_every_page_of_a_document(encode):
    pages = [page(1), page(2), page(3)]
    document = opened(encode(pages))
    assert document.num_pages == 3
    for index, expected in enumerate(pages):
        image = document.page(index).image
        assert image.shape == expected.shape
        assert distance(image, expected) < 8
    document.close()


def test_pages_of_pdf_files_are_drawn_with_the_dots_asked_for():
    content = pdf([page(1)])
    assert documents.opened(content, "scan", dpi=144).page(0).image.shape[1] == 1280


def test_a_page_of_pdf_has_no_more_pixels_than_are_decoded():
    image = documents.opened(pdf([page(1)]), "scan", dpi=10_000).page(0).image
    assert image.shape[0] * image.shape[1] <= 64_100_000


def test_exif_says_how_a_photograph_is_turned():
    picture = opened(jpeg(page(1), orientation=6)).page(0)
    assert picture.rotation == 90
    assert picture.image.shape == (480, 640, 3)


def test_a_fax_has_one_bit_a_pixel_and_gets_square_pixels():
    pytest.importorskip("PIL")
    content = fax(page(1))
    (found,) = directories.pages(content, "fax")
    assert found.stretch == pytest.approx(204 / 98)
    image = opened(content).page(0).image
    assert image.shape[1] == 640
    assert image.shape[0] == pytest.approx(480, abs=2)
    assert 200 < np.median(image) <= 255  # ink on paper, not the reverse


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_gray_pages_of_any_depth(dtype):
    gray = cv2.cvtColor(page(1), cv2.COLOR_BGR2GRAY)
    most = {np.uint8: 255, np.uint16: 65535, np.float32: 1.0}[dtype]
    pages = [(gray * (most / 255)).astype(dtype)] * 2
    image = opened(tiff(pages)).page(1).image
    assert image.dtype == np.uint8
    brightest = 255 / gray.max() if dtype == np.uint16 else 1  # sensors fill no range
    assert distance(image[..., 0], gray * brightest) < 8


@pytest.mark.parametrize("encode", [tiff, pdf])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_a_torn_document_is_damaged(encode, share):
    content = encode([page(1), page(2)])

    def read(content):
        document = opened(content)
        return [document.page(index) for index in range(document.num_pages)]

    assert len(read(content)) == 2
    with pytest.raises(ImageDamagedError, match="scan"):
        read(content[: int(len(content) * share)])


def test_a_page_of_too_many_pixels():
    content = bytearray(tiff([np.zeros((10, 10), np.uint8)]))
    first = struct.unpack_from("<I", content, 4)[0]
    for index in range(2):  # width and height come first
        entry = first + 2 + 12 * index
        assert struct.unpack_from("<H", content, entry)[0] in (256, 257)
        struct.pack_into("<HII", content, entry + 2, 4, 1, 60_000)
    with pytest.raises(ImageTooLargeError, match="60000x60000"):
        opened(bytes(content)).page(0)


def test_what_is_no_picture():
    with pytest.raises(ImageError, match="scan"):
        opened(b"text").page(0)


def test_a_pdf_file_with_a_password_says_so():
    message = "Failed to load document (PDFium: Incorrect password error)."
    error = documents.pypdfium2.PdfiumError(message)
    assert "password" in str(documents._Pdf._fault("scan", error))


def test_fetch(tmp_path):
    (tmp_path / "a").write_bytes(b"12")
    assert documents.fetch(str(tmp_path / "a")) == b"12"
    assert documents.fetch(f"file://{tmp_path}/a") == b"12"
    with pytest.raises(FileNotFoundError):
        documents.fetch(str(tmp_path / "b"))
