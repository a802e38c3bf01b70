"""What programs ask the page's server, and that it is as openapi.json says."""

import json

import cv2
import numpy as np
import pytest

for module in ("starlette", "uvicorn", "segno", "httpx", "tomlkit"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from updates import scene_update

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.field import Field
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.field_events import FieldEvents
from edge_app.sinks.sink import Update
from edge_app.sinks.web import Web, rest
from edge_app.sinks.web.rest import OPENAPI
from edge_app.sources.source import Frame

DOCUMENT = json.loads(OPENAPI.read_text(encoding="utf-8"))
CONFIG = """\
source = "demo"  # the camera in the cellar
token = "a-secret-of-mine"

[field.water]
# above the pipe
place = [0.1, 0.1, 0.4, 0.2]
unit = "m³"  # cubic meters
"""
PLACE = [0.1, 0.1, 0.4, 0.2]
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def check(value, schema, where="answer"):
    """Fail unless JSON is as a schema says, by the parts of it that we use."""
    while "$ref" in schema:
        schema = found(schema["$ref"])
    for part_schema in schema.get("allOf", []):
        check(value, part_schema, where)
    if "enum" in schema:
        assert value in schema["enum"], where
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(isinstance(value, TYPES[kind]) for kind in kinds), (where, value)
    if isinstance(value, dict):
        missing = set(schema.get("required", ())) - value.keys()
        assert not missing, f"{where}: {missing}"
        for key, inner_value in value.items():
            more = schema.get("additionalProperties", True)
            inner = schema.get("properties", {}).get(key, more)
            assert inner is not False, f"{where}: {key} is not told of"
            if inner is not True:
                check(inner_value, inner, f"{where}.{key}")
    if isinstance(value, list) and "items" in schema:
        for member in value:
            check(member, schema["items"], f"{where}[]")


def found(reference):
    part = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


def checked(answer, path, method="get"):
    """An answer's JSON, checked against what the document says of it."""
    answered = DOCUMENT["paths"][path][method]["responses"][str(answer.status_code)]
    answered = found(answered["$ref"]) if "$ref" in answered else answered
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in answered["content"]
    if kind == "application/json":
        check(answer.json(), answered["content"][kind]["schema"])
        return answer.json()
    return answer.content


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "edge-digits.toml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def setup(config):
    field = Field.of("water", {"place": PLACE, "unit": "m³"})
    return LiveSetup(Setup(fields=(field,)), config=config)


@pytest.fixture
def web(reader, setup, monkeypatch):
    monkeypatch.setattr(rest, "_READER_HUNG_S", 3600.0)  # nobody reads on
    web = Web(port=0, open_reader=lambda: reader, setup=setup, name="cellar")
    yield web
    web.close()


@pytest.fixture
def client(web):
    with httpx.Client(base_url=web.url, timeout=60) as client:
        yield client


@pytest.fixture
def page(reader):
    return scene_update(reader)


@pytest.fixture
def shown(web, setup, page):
    """Shows the demo scene as it is read by the setup of now."""
    live = LiveReader(ReaderSettings(), setup)
    events = FieldEvents(is_moving=False)

    def show():
        image = page.frame.image
        frame = Frame(image, 0.0)
        reading = live.read(image)
        fields, answered = events.follow(reading.fields, frame, setup.take_forgotten())
        reading = type(reading)(**{**vars(reading), "fields": fields})
        web.write(Update("demo", frame, reading, answered, 12.0))
        return reading

    return show


def test_every_address_of_the_document_answers(client, shown):
    assert client.get("/reading").status_code == 503
    checked(client.get("/healthz"), "/healthz")
    shown()
    document = as_json(client.get("/openapi.json"))
    assert document == DOCUMENT
    reading = checked(client.get("/reading"), "/reading")
    assert reading["device"] == "cellar"
    assert reading["fields"][0]["name"] == "water"
    assert reading["numbers"]
    answered = checked(client.get("/fields"), "/fields")
    assert answered["fields"][0]["settings"] == {"place": PLACE, "unit": "m³"}
    assert answered["fields"][0]["value"] == reading["fields"][0]["value"]
    health = checked(client.get("/healthz"), "/healthz")
    assert (health["status"], health["fault"]) == ("ok", None)
    picture = checked(client.get("/fields/picture.jpg"), "/fields/picture.jpg")
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), 1).shape == (480, 640, 3)
    answer = client.post("/read", content=picture)
    assert checked(answer, "/read", "post")["numbers"]


def as_json(answer):
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()


def test_healthz_says_what_is_wrong(client, web, shown):
    shown()
    web.wait("unplugged")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert checked(answer, "/healthz")["fault"] == "unplugged"
    web.reconnected()
    assert client.get("/healthz").status_code == 200


def test_fields_are_changed_tried_and_kept(client, shown, config, setup, page):
    shown()
    first = page.reading.numbers[0]
    x, y, w, h = first.box_xywh
    place = [(x - 8) / 640, (y - 8) / 480, (w + 16) / 640, (h + 16) / 480]
    proposal = {"fields": {"first": {"place": place, "decimals": 1}}}
    tried = checked(client.post("/fields/try", json=proposal), "/fields/try", "post")[
        "fields"
    ]
    assert [field["text"] for field in tried] == [first.text]
    assert tried[0]["value"] == int(first.text) / 10
    assert tried[0]["picture"].startswith("data:image/jpeg;base64,")
    assert setup.now.fields[0].name == "water"  # nothing changed
    proposal["fields"]["water"] = {"place": PLACE, "unit": "l"}
    change = {**proposal, "rotate": "auto", "min_confidence": 0.25}
    answered = checked(client.post("/fields", json=change), "/fields", "post")
    assert [field["name"] for field in answered["fields"]] == ["first", "water"]
    assert (answered["rotate"], answered["min_confidence"]) == ("auto", 0.25)
    assert shown().fields[0].text == first.text
    text = config.read_text(encoding="utf-8")
    assert text.startswith('source = "demo"  # the camera in the cellar\n')
    assert "# above the pipe\nplace = [0.1, 0.1, 0.4, 0.2]\n" in text
    assert 'unit = "l"' in text
    assert 'rotate = "auto"\n' in text
    assert config.stat().st_mode & 0o777 == 0o600
    # What was kept is what the next start reads.
    from edge_app.__main__ import main

    assert main(["run", "--config", str(config), "--print-config"]) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ([], "a JSON object expected"),
        ({"color": 1}, "fields, exposure, focus expected, got 'color'"),
        ({"exposure": -1}, "exposure: a number above 0 expected, got -1"),
        ({"focus": 1}, "this source has no focus to be set"),
        ({"rotate": "45"}, "rotate: 0, 90, 180, 270 or auto expected, got '45'"),
        ({"min_confidence": 2}, "min_confidence: a number from 0 to 1 expected, got 2"),
        ({"fields": {"a b": {"place": PLACE}}}, "a field's name of at most 40"),
        ({"fields": {"a": {"place": [0, 0, 2, 2]}}}, "field.a.place: [x, y, width"),
    ],
)
def test_wrong_changes_are_refused_in_a_line(client, config, change, message):
    answer = client.post("/fields", json=change)
    assert answer.status_code == 422
    assert message in checked(answer, "/fields", "post")["error"]
    assert config.read_text(encoding="utf-8") == CONFIG


def test_forms_and_long_bodies_are_refused(client):
    answer = client.post("/fields", data={"rotate": "90"})
    assert answer.status_code == 422
    assert "Content-Type: application/json expected" in answer.json()["error"]
    long = {"fields": {"a": {"place": PLACE, "unit": "x" * 200_000}}}
    assert "at most 100000 bytes" in client.post("/fields", json=long).json()["error"]


def test_a_file_that_cannot_be_written_changes_nothing(client, setup, config):
    config.write_text("[broken", encoding="utf-8")
    answer = client.post("/fields", json={"fields": {}})
    assert answer.status_code == 422
    assert "cannot be written" in answer.json()["error"]
    assert [field.name for field in setup.now.fields] == ["water"]


def test_the_reference_picture_is_taken_and_left(client, shown, config, page):
    shown()
    answered = checked(client.post("/fields/reference"), "/fields/reference", "post")
    assert answered["reference"] is True
    kept = cv2.imread(str(config.parent / "reference.jpg"))
    assert np.abs(kept.astype(int) - page.frame.image).mean() < 4
    assert 'reference = "reference.jpg"' in config.read_text(encoding="utf-8")
    reading = shown()
    assert "camera moved" not in {field.fault for field in reading.fields}
    answered = checked(
        client.delete("/fields/reference"), "/fields/reference", "delete"
    )
    assert answered["reference"] is False
    assert "reference" not in config.read_text(encoding="utf-8")


def test_without_a_file_changes_hold_until_the_end(reader):
    setup = LiveSetup()
    web = Web(port=0, open_reader=lambda: reader, setup=setup)
    with httpx.Client(base_url=web.url, timeout=60) as client:
        answered = client.post(
            "/fields", json={"fields": {"a": {"place": PLACE}}}
        ).json()
        assert answered["kept_in"] is None
        assert [field.name for field in setup.now.fields] == ["a"]
        answer = client.post("/fields/reference")
        assert "there is no picture yet" in answer.json()["error"]
    web.close()


def test_a_value_is_forgotten(client, shown):
    shown()
    assert client.post("/fields/water/forget").status_code == 204
    answer = client.post("/fields/gas/forget")
    assert answer.status_code == 404
    assert answer.json()["error"] == "no field is called gas"
    shown()


def test_others_need_the_token_to_change_fields(reader):
    setup = LiveSetup()
    token = "a-token-long-enough"
    web = Web(port=0, open_reader=lambda: reader, setup=setup, token=token)
    base = f"http://127.0.0.1:{web.port}"
    change = {"rotate": "90"}
    assert httpx.post(f"{base}/fields", json=change).status_code in (401, 403)
    assert setup.now.rotate == 0
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.post(f"{base}/fields", json=change, headers=bearer).status_code == 200
    assert setup.now.rotate == 90
    other = {**bearer, "Sec-Fetch-Site": "cross-site"}
    answer = httpx.post(f"{base}/fields", json={"rotate": "180"}, headers=other)
    assert answer.status_code == 403
    assert setup.now.rotate == 90
    web.close()
