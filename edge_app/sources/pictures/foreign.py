"""Files that are no pictures to OpenCV, though people take them for such."""

_HEIC = (
    "HEIC, as iPhones save photographs, which OpenCV does not read: convert it to JPEG "
    "(heif-convert), or choose Settings > Camera > Formats > Most Compatible"
)
_PDF_FILE = "a PDF file, no picture: make one of each page (pdftoppm -png -r 150)"
_WEB_PAGE = "a web page, no picture: save the picture itself"
_BY_BEGINNING = {
    b"%PDF": _PDF_FILE,
    b"<!DOC": _WEB_PAGE,
    b"<!doc": _WEB_PAGE,
    b"<html": _WEB_PAGE,
    b"<svg": "an SVG drawing, no picture: export it as PNG",
    b"<?xml": "XML, such as an SVG drawing, no picture: export it as PNG",
    b"8BPS": "a Photoshop file, which OpenCV does not read: export it as PNG",
    b"PK\x03\x04": "an archive or office document, no picture: take it out first",
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def what(content: bytes) -> str | None:
    """Return what a file is that is no picture to OpenCV, and what to do about it.

    Args:
        content: Its bytes, or the first 16 of them.

    Returns:
        For a message; `None` where it begins like nothing known.
    """
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return _HEIC
    beginning = content[:16].lstrip()
    for known, message in _BY_BEGINNING.items():
        if beginning.startswith(known):
            return message
    return None
