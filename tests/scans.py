"""Files as scanners, cameras and fax machines leave them."""

import os
from contextlib import contextmanager, suppress

import cv2
import pypdfium2
from written import jpeg

from edge_app.sources.demo.demo_scene import Scene


def page(seed, size_wh=(640, 480)):
    """A photograph of a page of numbers."""
    return Scene(seed=seed, size_wh=size_wh).frame(0.0)[0]


def write_mixed(folder):
    """One file of each kind; returns how many pages they have, by their names."""
    folder.mkdir()
    photo = cv2.imencode(".jpg", page(1))[1].tobytes()
    (folder / "photo.jpg").write_bytes(photo)
    (folder / "copy.jpg").write_bytes(photo)
    (folder / "torn.jpg").write_bytes(photo[: len(photo) // 2])
    (folder / "notes.png").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    side = cv2.rotate(page(2), cv2.ROTATE_90_COUNTERCLOCKWISE)
    (folder / "turned.jpg").write_bytes(jpeg(side, orientation=6))
    cv2.imwrite(str(folder / "gray.png"), cv2.cvtColor(page(3), cv2.COLOR_BGR2GRAY))
    below = folder / "box 1"
    below.mkdir()
    pages = [page(4), page(5)]
    (below / "pages.tif").write_bytes(tiff(pages))
    (below / "pages.pdf").write_bytes(pdf(pages))
    (folder / ".hidden.jpg").write_bytes(photo)
    (folder / "readme.md").write_text("no scan")
    return {"pages.tif": 2, "pages.pdf": 2} | dict.fromkeys(
        ("photo.jpg", "copy.jpg", "torn.jpg", "notes.png", "empty.png", "turned.jpg",
         "gray.png"), 1
    )  # fmt: skip


def write_many(folder, count, *, torn_every=7, copied_every=5):
    """Photographs, some of them torn, some twice; they are quick to read."""
    folder.mkdir()
    for seed in range(count):
        content = cv2.imencode(".jpg", page(seed, (320, 240)))[1].tobytes()
        if seed % torn_every == 3:
            content = content[: len(content) // 2]
        (folder / f"page{seed}.jpg").write_bytes(content)
        if seed % copied_every == 2:
            (folder / f"copy{seed}.jpg").write_bytes(content)


@contextmanager
def held_up(path):
    """Who reads this file waits until the block ends, and then gets all of it."""
    content = path.read_bytes()
    aside, pipe = path.with_suffix(".aside"), path.with_suffix(".pipe")
    path.rename(aside)
    os.mkfifo(pipe)
    path.hardlink_to(pipe)
    try:
        yield
    finally:
        aside.replace(path)  # for who comes later
        with suppress(OSError):  # nobody waits
            end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.write(end, content)
            os.close(end)
        pipe.unlink()


def tiff(pages, **options):
    """A TIFF file of several pages."""
    flags = [word for pair in options.items() for word in pair]
    encoded, content = cv2.imencodemulti(".tif", pages, flags)
    assert encoded
    return content.tobytes()


def fax(image):
    """A fax: one bit a pixel, CCITT group 4, half as many lines as columns an inch."""
    from io import BytesIO

    from PIL import Image

    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    paper = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 51, 20
    )
    half = cv2.resize(paper, (paper.shape[1], paper.shape[0] * 98 // 204))
    file = BytesIO()
    Image.fromarray(half > 128).save(file, "TIFF", compression="group4", dpi=(204, 98))
    return file.getvalue()


def pdf(pages):
    """A PDF file whose pages are photographs, a pixel a point."""
    from io import BytesIO

    document = pypdfium2.PdfDocument.new()
    for page_image in pages:
        height, width = page_image.shape[:2]
        image = pypdfium2.PdfImage.new(document)
        image.load_jpeg(BytesIO(cv2.imencode(".jpg", page_image)[1].tobytes()))
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        sheet = document.new_page(width, height)
        sheet.insert_obj(image)
        sheet.gen_content()
    file = BytesIO()
    document.save(file)
    return file.getvalue()
