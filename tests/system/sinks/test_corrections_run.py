"""Corrections, recording and history of a whole process, over HTTP."""

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest
from programs import LIMIT_S
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.__main__ import main

TOKEN = "a-token-long-enough"


@contextmanager
def running(folder, *, sources=("demo",)):
    command = [sys.executable, "-m", "edge_app", "run"]
    command += [word for source in sources for word in ("--source", source)]
    page = ["--view", "web", "--port", "0", "--token", TOKEN]
    kept = ["--history", str(folder / "history.db"), "--record", str(folder / "seen")]
    process = subprocess.Popen(
        [*command, *page, *kept, "--corrections", str(folder / "kept")],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url = re.search(r"http://[^/]+/", process.stderr.readline())[0]
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=url, timeout=LIMIT_S, headers=bearer) as client:
            yield client, process
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT_S)


def settled_numbers(client, base=""):
    with client.stream("GET", f"{base}/events") as response:
        for line in response.iter_lines():
            if line.startswith("data: [{"):
                happenings = json.loads(line.removeprefix("data: "))
                if found := [
                    happening for happening in happenings if happening["specimen"]
                ]:
                    return found
    raise AssertionError("nothing settled")


def crops(folder):
    return sorted(folder.glob("kept/*/*.28x28.png"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_corrected_over_http_and_kept_over_a_restart(tmp_path):
    with running(tmp_path) as (client, process):
        settled = settled_numbers(client)[0]
        given = {"specimen": settled["specimen"], "text": "5" * len(settled["text"])}
        without = {"Authorization": ""}
        for method, path in (
            ("POST", "/corrections"),
            ("DELETE", f"/corrections/{settled['specimen']}"),
            ("GET", "/history.csv"),
            ("GET", "/snapshot.jpg"),
        ):
            body = {"json": given} if method == "POST" else {}
            answer = client.request(method, path, headers=without, **body)
            assert answer.status_code == 401
        other_site = {"Sec-Fetch-Site": "cross-site"}
        refused = client.post("/corrections", json=given, headers=other_site)
        assert refused.status_code == 403
        as_form = client.post("/corrections", data=given)
        assert as_form.status_code == 415
        large = {**given, "text": "1" * 3000}
        assert client.post("/corrections", json=large).status_code == 413
        for wrong in ([], {"specimen": 1, "text": "1"}, {**given, "text": "x"}):
            answer = client.post("/corrections", json=wrong)
            assert answer.status_code == 422
            assert "expected" in answer.json()["error"]
        unknown = {**given, "specimen": "../../x"}
        assert client.post("/corrections", json=unknown).status_code == 422
        assert crops(tmp_path) == []
        answer = client.post("/corrections", json=given)
        assert answer.json() == {
            "specimen": settled["specimen"],
            "read": settled["text"],
            "given": given["text"],
            "is_matched": True,
        }
        assert [crop.parent.name for crop in crops(tmp_path)] == list(given["text"])
        listed = client.get("/corrections").json()
        assert (listed["is_on"], listed["count"]) == (True, 1)
        picture = client.get(f"/corrections/{settled['specimen']}.jpg")
        assert picture.content.startswith(b"\xff\xd8")
        wait_until(lambda: list((tmp_path / "seen").glob("*-read.jpg")), LIMIT_S)
        process.terminate()
        assert process.wait(LIMIT_S) == 0
    with running(tmp_path) as (client, _):
        rows = list(csv.DictReader(io.StringIO(client.get("/history.csv").text)))
        (row,) = [written_row for written_row in rows if written_row["corrected"]]
        assert (row["text"], row["corrected"]) == (settled["text"], given["text"])
        names = [number["specimen"] for number in settled_numbers(client)]
        assert settled["specimen"] in names
        again = {**given, "text": ""}  # what was read before the restart
        assert client.post("/corrections", json=again).json()["given"] == ""
        assert {crop.parent.name for crop in crops(tmp_path)} == {"reject"}
        undone = client.delete(f"/corrections/{settled['specimen']}")
        assert undone.status_code == 204
        assert crops(tmp_path) == []
        assert client.delete("/corrections/none").status_code == 404
        assert client.get("/corrections/none.jpg").status_code == 404


def test_corrections_need_the_page(tmp_path, capsys):
    options = ["--source", "demo", "--view", "text", "--max-frames", "1"]
    assert main(["run", *options, "--corrections", str(tmp_path / "kept")]) == 1
    assert "start it with --view web" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_each_camera_is_corrected_into_one_folder(tmp_path):
    cameras = {name: f"/camera/{name}" for name in ("attic", "cellar")}
    sources = [f"{name}=demo" for name in cameras]
    specimens = {}
    with running(tmp_path, sources=sources) as (client, _):
        for name, base in cameras.items():
            settled = settled_numbers(client, base)[0]
            specimens[name] = settled["specimen"]
            given = {"specimen": settled["specimen"], "text": ""}
            answer = client.post(f"{base}/corrections", json=given)
            assert answer.json()["specimen"] == settled["specimen"]
            listed = client.get(f"{base}/corrections").json()
            assert listed["count"] == 1
            picture = client.get(f"{base}/corrections/{settled['specimen']}.jpg")
            assert picture.content.startswith(b"\xff\xd8")
            table = client.get(f"{base}/history.csv").text
            rows = csv.DictReader(io.StringIO(table))
            assert [row["corrected"] for row in rows if row["corrected"]]
        of_cellar = {"specimen": specimens["cellar"], "text": "1"}
        answer = client.post("/camera/attic/corrections", json=of_cellar)
        assert answer.status_code == 422
        undone = client.delete(f"/camera/attic/corrections/{specimens['attic']}")
        assert undone.status_code == 204
    (kept,) = (tmp_path / "kept" / "numbers").iterdir()
    assert kept.name.startswith(f"cellar.{specimens['cellar']}_")
    assert {path.parent.name for path in crops(tmp_path)} == {"reject"}


def test_corrections_of_several_cameras_need_the_page_too(tmp_path, capsys):
    kept = tmp_path / "kept"
    sources = ["--source", "a=demo", "--source", "b=demo", "--view", "json"]
    assert main(["run", *sources, "--corrections", str(kept)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "start it with --view web" in line
    assert not kept.exists()
