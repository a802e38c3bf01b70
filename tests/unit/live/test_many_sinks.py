"""Where the readings of several cameras go."""

import json
import urllib.request
from dataclasses import replace

import pytest
from ports import free_port
from updates import event

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.setup import LiveSetup
from edge_app.live.many_sinks import open_of_many
from edge_app.live.run import close_all
from edge_app.sinks import SinkSettings
from edge_app.sinks.sink import Update
from edge_app.sinks.views import ViewedCamera
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


@pytest.fixture
def opened():
    """What has to be closed."""
    sinks = []
    yield sinks
    close_all(sinks)


@pytest.fixture(scope="module")
def update():
    from edge_app.reader import Reader

    image = Scene(seed=1, size_wh=(320, 240)).frame(0.0)[0]
    reading = Reader(finder="classic").read(image)
    return Update("source", Frame(image, 0.0), reading, (event(),), 5.0)


def cameras(*names):
    return {
        name: ViewedCamera(LiveSetup(camera=name), ReaderSettings()) for name in names
    }


def test_files_are_one_for_all(opened, update, tmp_path):
    settings = SinkSettings(view="none", kept={"jsonl": tmp_path / "rows.jsonl"})
    sinks = open_of_many(settings, cameras("attic", "cellar"), opened)
    assert len(opened) == 1
    for name, of_camera in sinks.items():
        assert of_camera.view is None
        for sink in of_camera:
            assert sink.write(replace(update, source=name))
            sink.close()  # which another one may still write to
    opened.pop().close()
    lines = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert [json.loads(line)["source"] for line in lines] == ["attic", "cellar"]


def test_json_of_all_goes_to_standard_output(opened, update, capsys):
    sinks = open_of_many(SinkSettings(view="json"), cameras("a", "b"), opened)
    for name, of_camera in sinks.items():
        for sink in of_camera:
            sink.write(replace(update, source=name))
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["source"] for line in lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "topic"),
    [("", "edge-digits/attic"), ("/house", "house/attic"), ("/a/b/", "a/b/attic")],
)
def test_each_camera_has_a_topic_of_its_own(opened, path, topic):
    pytest.importorskip("paho.mqtt", reason="the extra mqtt")
    url = f"mqtt://127.0.0.1:{free_port()}{path}"
    settings = SinkSettings(view="none", kept={"mqtt": url, "mqtt_ca": None})
    sinks = open_of_many(settings, cameras("attic", "cellar"), opened)
    assert [[sink._topic for sink in of_camera] for of_camera in sinks.values()] == [
        [topic], [topic.replace("attic", "cellar")]
    ]  # fmt: skip
    assert len(opened) == 2


def test_each_camera_has_a_tab_of_one_page(opened, update, capsys):
    pytest.importorskip("starlette", reason="the extra web")
    settings = SinkSettings(view="web", port=free_port())
    sinks = open_of_many(settings, cameras("attic", "cellar"), opened)
    url = f"http://127.0.0.1:{settings.port}"
    assert f"{url}/" in capsys.readouterr().err
    sinks["cellar"].view.write(update)
    with urllib.request.urlopen(f"{url}/cameras") as answer:
        names = [camera["name"] for camera in json.load(answer)["cameras"]]
    assert names == ["attic", "cellar"]
    with urllib.request.urlopen(f"{url}/camera/cellar/reading") as answer:
        found = json.load(answer)
    assert [number["text"] for number in found["numbers"]] == Scene(seed=1).numbers
