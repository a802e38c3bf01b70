"""A tab for each camera, in a real browser."""

import pytest

pytest.importorskip("starlette", reason="the extra web")
pytest.importorskip("playwright.sync_api")

from updates import scene_update

from edge_app.sinks.web import Web
from edge_app.sinks.web.tab import Tab

pytestmark = pytest.mark.slow


def test_each_camera_has_a_tab(open_page, reader):
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
