"""A tab for each camera, in a real browser."""

import pytest
from needed import need

pytest.importorskip("starlette", reason="the extra web")
need("playwright", reason="a browser")

from updates import event, scene_update

from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.web import Web, rest
from edge_app.sinks.web.tab import Tab

pytestmark = pytest.mark.slow


def test_each_camera_has_a_tab(open_page, reader, monkeypatch):
    monkeypatch.setattr(rest, "_READER_HUNG_S", 3600.0)  # nobody reads on
    tabs = [Tab(name=name, open_reader=lambda: reader) for name in ("attic", "cellar")]
    web = Web(port=0, tabs=tabs, token="a-token-long-enough")
    update = scene_update(reader, seed=2)
    tabs[0].wait("unplugged")
    tabs[1].write(update)
    page = open_page(web.url)  # with the token, which a cookie keeps
    page.wait_for_selector("#tabs a[aria-current]:has-text('attic')")
    page.wait_for_selector("#why:has-text('unplugged')")
    assert page.locator("#tabs a.fault").all_inner_texts() == ["attic"]
    page.click("#tabs a:has-text('cellar')")
    page.wait_for_selector("#tabs a[aria-current]:has-text('cellar')")
    page.wait_for_selector(".number")
    expected = [number.text for number in update.reading.numbers]
    assert page.locator(".number").all_inner_texts() == expected
    web.close()


def test_a_number_of_one_camera_is_corrected(open_page, reader, tmp_path):
    folder = CorrectionsFolder(tmp_path)
    tabs = [
        Tab(
            name=name,
            open_reader=lambda: reader,
            corrections=Corrections(folder, camera=name),
        )
        for name in ("attic", "cellar")
    ]
    web = Web(port=0, tabs=tabs)
    number = scene_update(reader).reading.numbers[0]
    settled = event(text=number.text, box_xywh=number.box_xywh)
    for tab in tabs:
        tab.write(scene_update(reader, events=[settled]))
    page = open_page(f"{web.url}camera/cellar/")
    page.click("#history .fix")
    page.click("#none")
    page.wait_for_selector("#history .fix.given:text-is('no digit')")
    page.wait_for_selector("#corrected li")
    (kept,) = (tmp_path / "numbers").iterdir()
    assert kept.name.startswith("cellar.")
    page.click("#tabs a:has-text('attic')")
    page.wait_for_selector("#history .fix:not(.given)")
    assert page.locator("#corrected li").count() == 0
    web.close()
