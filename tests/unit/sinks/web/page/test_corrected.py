"""Corrections as the page gives and takes back them."""

import asyncio

import numpy as np
import pytest

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from starlette.applications import Starlette

from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.corrections.specimen import Specimen
from edge_app.sinks.web.page import corrected
from edge_app.sinks.web.page.corrected import Corrected

PICTURE = b"\xff\xd8 a picture"
NAME = "20260102-030405-678901-{}"


class Client:
    """Somebody's browser, without a server between."""

    def __init__(self, corrections):
        routes = Corrected(corrections).routes()
        self._transport = httpx.ASGITransport(Starlette(routes=routes))

    def request(self, method, address, **options):
        async def ask():
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://page"
            ) as client:
                return await client.request(method, f"/corrections{address}", **options)

        return asyncio.run(ask())


def specimen(number):
    images = tuple(np.full((28, 28), shade, np.uint8) for shade in (10, 20))
    return Specimen(NAME.format(number), "42", images, PICTURE)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def client(folder):
    corrections = Corrections(CorrectionsFolder(folder))
    for number in range(9):
        corrections.offer(specimen(number))
    return Client(corrections)


def give(client, number, text):
    given = {"specimen": NAME.format(number), "text": text}
    return client.request("POST", "", json=given)


def test_a_correction_is_given_listed_shown_and_taken_back(client, folder):
    assert give(client, 1, "43").json() == {
        "specimen": NAME.format(1),
        "read": "42",
        "given": "43",
        "is_matched": True,
    }
    assert client.request("GET", "").json() == {
        "is_on": True,
        "folder": str(folder),
        "count": 1,
        "newest": [give(client, 1, "43").json()],
    }
    picture = client.request("GET", f"/{NAME.format(1)}.jpg")
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", PICTURE)
    assert len(list(folder.glob("[43]/*.png"))) == 2
    assert client.request("DELETE", f"/{NAME.format(1)}").status_code == 204
    assert client.request("GET", "").json()["count"] == 0
    assert not list(folder.glob("*/*.png"))
    for method, address in (
        ("DELETE", NAME.format(1)),
        ("GET", f"{NAME.format(1)}.jpg"),
    ):
        assert client.request(method, f"/{address}").status_code == 404


def test_all_are_counted_and_the_newest_listed(client, monkeypatch):
    monkeypatch.setattr(corrected, "_LISTED_CORRECTIONS", 3)
    for number in range(5):
        give(client, number, "")
    listed = client.request("GET", "").json()
    assert listed["count"] == 5
    names = [entry["specimen"] for entry in listed["newest"]]
    assert names == [NAME.format(number) for number in (4, 3, 2)]
    assert listed["newest"][0]["given"] == ""


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 422, "JSON with the texts specimen and text expected"),
        (b"{", 422, "JSON with the texts specimen and text expected"),
        (b"\xff", 422, "JSON with the texts specimen and text expected"),
        (b"[]", 422, "JSON with the texts specimen and text expected"),
        (b'{"specimen": "a"}', 422, "JSON with the texts specimen and text expected"),
        (b'{"specimen": "a", "text": 4}', 422, "the texts specimen and text expected"),
        (1990 * b"[", 422, "JSON with the texts specimen and text expected"),
        (2001 * b" ", 413, "at most 2000 bytes expected"),
        (b'{"specimen": "a", "text": "4x"}', 422, "at most 40 digits 0 to 9 expected"),
        (b'{"specimen": "a", "text": "4"}', 422, "that number was read too long ago"),
    ],
)
def test_what_is_no_correction_is_refused(client, body, status, reason):
    headers = {"Content-Type": "application/json"}
    answer = client.request("POST", "", content=body, headers=headers)
    assert answer.status_code == status
    assert reason in answer.json()["error"]
    assert answer.headers["connection"] == "close"


def test_forms_of_other_sites_are_refused(client):
    body = f'{{"specimen": "{NAME.format(1)}", "text": "43"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": kind}
        answer = client.request("POST", "", content=body, headers=headers)
        assert answer.status_code == 415
    assert client.request("GET", "").json()["count"] == 0


def test_a_folder_that_is_gone_is_said(client, folder):
    folder.rename(folder.with_name("gone"))
    folder.write_text("")
    answer = give(client, 1, "43")
    assert answer.status_code == 507
    assert answer.json()["error"].startswith("cannot be written (")


def test_where_nobody_may_correct_anything():
    client = Client(None)
    assert client.request("GET", "").json() == {"is_on": False}
    answer = give(client, 1, "43")
    assert answer.status_code == 409
    assert "--corrections DIR" in answer.json()["error"]
    assert client.request("DELETE", "/a").status_code == 404
    assert client.request("GET", "/a.jpg").status_code == 404
