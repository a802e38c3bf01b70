"""Several cameras in one process."""

import csv
import json
import shutil
import socket
import sys
import tomllib
import urllib.error
import urllib.request

import pytest
from cameras import mjpeg_camera
from ports import free_port
from test_run import LIMIT_S, ended, events_in, running
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.cli.save_settings import save
from edge_app.live.fields.setup import Setup, fields_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

FIELD = "place = [0.05, 0.02, 0.9, 0.35]\n"
FIELD_OF_CELLAR = f'[camera.cellar]\nsource = "0"\n[camera.cellar.field.top]\n{FIELD}'


def written(tmp_path, text):
    path = tmp_path / "edge-digits.toml"
    path.write_text(text)
    return path


def json_from(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:  # 503 while something is missing
        return json.load(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[camera.a]\nsize = '2x2'\n", "camera.a: a table with a source expected"),
        ("[camera.'a b']\nsource = '0'\n", "camera.a b: a name of at most 40"),
        ("camera = 3\n", "camera: tables such as [camera.cellar] expected"),
        ("[camera.a]\nsource = '0'\nport = 3\n", "no setting is called port"),
        ("[camera.a]\nsource = '0'\nrotate = 45\n", "camera.a.rotate: invalid choice"),
        (
            "[camera.a]\nsource = '0'\n[camera.a.field.x]\nplace = 3\n",
            "field.x.place: [x, y, width, height]",
        ),
        (
            f"[camera.a]\nsource = '0'\n[field.x]\n{FIELD}",
            "such as [camera.a.field.water]",
        ),
    ],
)
def test_a_wrong_table_is_one_line(tmp_path, capsys, text, message):
    assert main(["run", "--config", str(written(tmp_path, text))]) == 1
    _, err = capsys.readouterr()
    assert message in err
    assert err.count("\n") == 1


def test_sources_of_the_command_line_are_cameras(tmp_path, scene_png, capsys):
    path, config = tmp_path / "events.csv", written(tmp_path, FIELD_OF_CELLAR)
    common = ["run", "--view", "none", "--every-frame", "--csv", str(path)]
    many = ["--source", str(scene_png), "--source", f"cellar={scene_png}"]
    assert main([*common, *many, "--config", str(config), "--print-config"]) == 0
    printed = tomllib.loads(capsys.readouterr().out)
    assert list(printed["camera"]) == ["camera1", "cellar"]
    assert printed["camera"]["cellar"] == {
        "source": str(scene_png),
        "field": {"top": {"place": [0.05, 0.02, 0.9, 0.35]}},
    }
    assert main([*common, *many]) == 0
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len({row["text"] for row in rows})
    same = ["--source", "a=demo", "--source", "a=demo"]
    assert main([*common, *same]) == 1
    assert "two sources are called a" in capsys.readouterr().err


def test_fields_of_a_camera_of_the_command_line_are_saved(tmp_path):
    config = written(tmp_path, 'view = "web"  # mine\n')
    setup = Setup(fields=fields_of({"top": {"place": [0.1, 0.1, 0.5, 0.2]}}))
    save(config, setup, camera="cellar")
    kept = tomllib.loads(config.read_text())
    assert kept["camera"] == {"cellar": {"field": {"top": setup.fields[0].table()}}}
    assert config.read_text().startswith('view = "web"  # mine\n')


def test_a_lost_camera_holds_up_no_other(tmp_path):
    pytest.importorskip("starlette", reason="the extra web")
    port, path = free_port(), tmp_path / "events.jsonl"
    with (
        mjpeg_camera() as camera,
        # One that takes connections and never answers.
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        lost = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        config = written(
            tmp_path,
            f'view = "web"\nport = {port}\njsonl = "{path}"\n'
            f'[camera.attic]\nsource = "{lost}"\n'
            f'[camera.cellar]\nsource = "{camera.url}"\n'
            f"[camera.cellar.field.top]\n{FIELD}",
        )
        url = f"http://127.0.0.1:{port}"
        with running("--config", config) as process:
            wait_until(lambda: events_in(path), LIMIT_S)
            assert {event["source"] for event in events_in(path)} == {"cellar"}
            wait_until(
                lambda: json_from(f"{url}/camera/attic/healthz")["status"] != "ok",
                LIMIT_S,
            )
            names = [
                camera_name["name"]
                for camera_name in json_from(f"{url}/cameras")["cameras"]
            ]
            assert names == ["attic", "cellar"]
            wait_until(
                lambda: json_from(f"{url}/camera/cellar/healthz")["status"] == "ok",
                LIMIT_S,
            )
            assert json_from(f"{url}/healthz")["status"] == "fault"
            reading = json_from(f"{url}/camera/cellar/reading")
            assert [field["name"] for field in reading["fields"]] == ["top"]
            with urllib.request.urlopen(url, timeout=20) as page:
                assert page.url == f"{url}/camera/attic/"
                assert b'id="tabs"' in page.read()
            # The field of one camera is changed in its own part of the file.
            change = json.dumps({"min_confidence": 0.25}).encode()
            request = urllib.request.Request(
                f"{url}/camera/cellar/fields",
                change,
                {"Content-Type": "application/json"},
            )
            urllib.request.urlopen(request, timeout=20).close()
            ended(process)
    text = config.read_text()
    assert text.index("[camera.cellar]") < text.index("min-confidence = 0.25")
    assert text.index("min-confidence = 0.25") < text.index("[camera.cellar.field.top]")


@pytest.mark.slow
def test_each_camera_has_a_topic(tmp_path):
    pytest.importorskip("starlette", reason="the extra web")
    pytest.importorskip("paho.mqtt", reason="the extra mqtt")
    from brokers import MOSQUITTO, Broker, Subscriber

    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Broker(tmp_path, "allow_anonymous true")
    broker.start()
    seen, port = Subscriber(broker.port), free_port()
    with mjpeg_camera() as camera:
        config = written(
            tmp_path,
            f'view = "web"\nport = {port}\n'
            f'mqtt = "mqtt://127.0.0.1:{broker.port}/home"\n'
            f'[camera.a]\nsource = "{camera.url}"\n'
            f'[camera.b]\nsource = "{camera.url}"\n',
        )
        with running("--config", config) as process:
            wait_until(
                lambda: all(
                    seen.text(f"home/{camera_name}/state") for camera_name in "ab"
                ),
                LIMIT_S,
            )
            ended(process)
    for camera_name in "ab":
        topic = f"homeassistant/sensor/edge_digits_home_{camera_name}/numbers/config"
        device = seen.json(topic)[0]["device"]
        assert device["name"] == f"edge-digits {camera_name}"
        assert (
            device["configuration_url"]
            == f"http://127.0.0.1:{port}/camera/{camera_name}/"
        )
    seen.close()
    broker.stop()


def test_all_pictures_of_all_folders_are_recorded(tmp_path, scene_png):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in (1, 2, 3):
            shutil.copy(scene_png, tmp_path / name / f"{number}.png")
    path = tmp_path / "r.csv"
    config = written(
        tmp_path,
        f'view = "none"\ncsv = "{path}"\nevery-frame = true\n'
        f'[camera.a]\nsource = "{tmp_path}/a"\n[camera.b]\nsource = "{tmp_path}/b"\n',
    )
    with running("--config", config) as process:
        out, _ = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, out) == (0, "")
    with path.open(newline="") as file:
        found = {row["source"] for row in csv.DictReader(file)}
    assert found == {
        str(tmp_path / camera / f"{n}.png") for camera in "ab" for n in "123"
    }
