"""The page on which doubtful numbers are corrected, in a real browser."""

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")
need("playwright", reason="a browser")

from archives import archive
from scans import page

from edge_app.archive.results import corrections

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("archive")]

PHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """An archive of two pages, and its page for review."""
    folder = tmp_path_factory.mktemp("reviewed")
    (folder / "scans").mkdir()
    for seed in (1, 2):
        path = folder / "scans" / f"a-long-name-of-a-scan-{seed}.png"
        cv2.imwrite(str(path), page(seed))
    words = ["read", folder / "scans", folder / "out", "--workers", 1]
    assert archive(*words, "--reader", "classic") == 0
    assert archive("review", folder / "out") == 0
    return folder / "out"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_it_fits_and_axe_finds_no_fault(open_page, out, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = open_page(
        (out / "review.html").as_uri(),
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
    )
    assert shown.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert shown.locator("small").first.bounding_box()["width"] >= 200
    found = axe.run(shown)
    assert found.violations_count == 0, found.generate_report()


def test_what_is_typed_is_saved_and_taken(open_page, out, tmp_path, capsys):
    shown = open_page((out / "review.html").as_uri())
    inputs = shown.locator("li input")
    for index, text in enumerate(("77", "")):
        inputs.nth(index).fill(text)
        inputs.nth(index).press("Enter")
    assert shown.inner_text("#count") == f"2 of {inputs.count()} checked."
    with shown.expect_download() as download:
        shown.click("#save")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert archive("review", out, "--take", saved) == 0
    assert "2 corrections" in capsys.readouterr().out
    taken = corrections.load(out / "corrections.csv")
    assert sorted(correction.text for correction in taken) == ["", "77"]
