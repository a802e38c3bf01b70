"""Parts of the live page, one for each camera."""

import asyncio

import pytest
from tracks import number
from updates import known_update

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.sinks.web.tab import Tab, app_of


@pytest.fixture
def tabs():
    return [Tab(name=name) for name in ("attic", "cellar")]


def asked(app, path):
    """What an application answers, without a server between."""

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://page"
        ) as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_each_camera_s_page_tells_its_own_numbers(tabs):
    for tab, text in zip(tabs, ("12", "777"), strict=True):
        assert tab.write(known_update(*number(text)))
    app = app_of(tabs)
    for name, text in (("attic", "12"), ("cellar", "777")):
        row = asked(app, f"/camera/{name}/reading").json()
        assert row["device"] == name
        assert [found["text"] for found in row["numbers"]] == [text]
    assert asked(app, "/camera/garden/reading").status_code == 404


def test_the_first_camera_is_shown_first(tabs):
    answer = asked(app_of(tabs), "/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "camera/attic/"


def test_all_is_well_when_every_camera_is(tabs):
    app = app_of(tabs)
    assert asked(app, "/healthz").status_code == 503  # no picture yet
    for tab in tabs:
        tab.write(known_update())
    answer = asked(app, "/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    tabs[1].wait("unplugged")
    answer = asked(app, "/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "fault")
    assert answer.json()["cameras"]["cellar"]["fault"] == "unplugged"
    cameras = asked(app, "/cameras").json()["cameras"]
    assert [(camera["name"], camera["status"]) for camera in cameras] == [
        ("attic", "ok"), ("cellar", "fault")
    ]  # fmt: skip
    tabs[1].reconnected()
    assert asked(app, "/healthz").status_code == 200


def test_a_picture_that_is_repeated_is_counted_once(tabs):
    tab = tabs[0]
    update = known_update()
    tab.write(update)
    tab.repeat(update)
    tab.given_up()
    text = asked(tab.app(), "/metrics").text
    assert "\nedge_digits_frames_total 1.0\n" in text
    assert asked(tab.app(), "/reading").json()["numbers"] == []
