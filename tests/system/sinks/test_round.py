"""The whole round of a meter reader, on a phone: draw, save, read, correct, adapt."""

import csv
import io
import json
import subprocess
import sys
import tomllib
import urllib.request
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from needed import need

for module in ("starlette", "tomlkit", "paho.mqtt", "playwright.sync_api"):
    pytest.importorskip(module, reason="the extras web and mqtt, and a browser")
need("tensorflow", reason="training needs TensorFlow")

from brokers import MOSQUITTO, Broker, Subscriber
from browsers import correct, draw_with_finger, on_stage, open_editor, tap_until
from cameras import file_server
from ports import free_port
from waiting import wait_until

from edge_app import Reader
from edge_app.sources.demo.demo_scene import Scene
from train.data import extra

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed"),
]

LIMIT_S = 90.0
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@pytest.fixture
def subscriber(tmp_path):
    broker = Broker(tmp_path, "allow_anonymous true")
    broker.start()
    seen = Subscriber(broker.port)
    seen.broker_port = broker.port
    yield seen
    seen.close()
    broker.stop()


@contextmanager
def running(*options):
    """Run until the block ends; what is said at the end is the test's business."""
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", *map(str, options)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "Live page" in process.stderr.readline()
        yield
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0


def draw_fields(page, water, door):
    """Draw two fields: one that is right, and one whose value cannot be."""
    open_editor(page)
    wanted = (
        ("water", water, {"decimals": "1", "unit": "l"}),
        ("door", door, {"maximum": "1"}),
    )
    for count, (name, number, more) in enumerate(wanted, start=1):
        draw_with_finger(page, *on_stage(page, number.box_xywh))
        wait_until(lambda count=count: page.locator(".box").count() == count)
        page.fill("#field [name=name]", name)
        page.fill("#field [name=pattern]", f"[0-9]{{{len(number.text)}}}")
        for key, value in more.items():
            page.fill(f"#field [name={key}]", value)
    tap_until(page, "#keep", "#said:has-text('Saved in')")
    page.click("#editor button:has-text('Close')")


def json_from(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def by_name(fields):
    return {field["name"]: (field["value"], field["fault"]) for field in fields}


def run_command(*arguments):
    subprocess.run([sys.executable, "-m", *map(str, arguments)], check=True)


def test_the_whole_round(tmp_path, open_page, subscriber, mnist_dir, unknowns_dir):
    image = Scene(seed=1).frame(0.0)[0]
    cv2.imwrite(str(tmp_path / "now.png"), image)
    water, _, door = Reader().read(image).numbers  # those that are far apart
    expected = {
        "water": (int(water.text) / 10, None),
        "door": (None, f"implausible: {int(door.text)} is above 1"),
    }
    port, kept = free_port(), tmp_path / "kept"
    config = tmp_path / "edge-digits.toml"
    url = f"http://127.0.0.1:{port}"
    with file_server(tmp_path) as camera:
        config.write_text(
            f'source = "{camera}/now.png"  # the meter\ninterval = 0.3\n'
            f'view = "web"\nport = {port}\ncorrections = "{kept}"\n'
            f'mqtt = "mqtt://127.0.0.1:{subscriber.broker_port}/home"\n'
            f'csv = "{tmp_path}/readings.csv"\n'  # begun before there are fields
        )
        with running("--config", config):
            draw_fields(open_page(url, **PHONE), water, door)
        text = config.read_text()
        assert "# the meter" in text
        assert list(tomllib.loads(text)["field"]) == ["water", "door"]

        with running("--config", config):
            wait_until(
                lambda: by_name(json_from(f"{url}/fields")["fields"]) == expected,
                LIMIT_S,
            )
            for name in expected:
                wait_until(
                    lambda name=name: (
                        by_name(subscriber.json(f"home/field/{name}")[-1:])
                        == {name: expected[name]}
                    ),
                    LIMIT_S,
                )
            page = open_page(url, **PHONE)
            correct_ten(page, tmp_path)
            content = urllib.request.urlopen(f"{url}/history.csv", timeout=20).read()
        for text in (content.decode(), (tmp_path / "readings.csv").read_text()):
            rows = list(csv.DictReader(io.StringIO(text)))
            assert {row["field"] for row in rows} >= {"water"}
        assert num_corrections(kept) == 10

        run = tmp_path / "mine"
        data = ["--data", mnist_dir, "--unknowns", unknowns_dir]
        run_command("train", "adapt", kept, "--run", run, "--epochs", 1, *data)
        run_command("convert", run, "--to", "int8", "--out", run, *data[:2])
        model = run / "edge-int8.tflite"
        assert model.exists()
        with running("--config", config, "--model", model):
            wait_until(
                lambda: by_name(json_from(f"{url}/fields")["fields"]) == expected,
                LIMIT_S,
            )


def correct_ten(page, folder):
    """Upload photographs until ten numbers are corrected: each as it is."""
    left = 10
    for seed in range(2, 12):
        photo = folder / f"photo{seed}.png"
        cv2.imwrite(str(photo), Scene(seed=seed).frame(0.0)[0])
        before = page.get_attribute("#photographed", "src")
        page.set_input_files("#file", photo)
        wait_until(
            lambda before=before: page.get_attribute("#photographed", "src") != before
        )
        for button in page.locator("#found .fix").all()[:left]:
            correct(page, button, button.inner_text())
            left -= 1
        if not left:
            break
    page.wait_for_selector("#fixed:has-text('Corrections: 10 in')")


def num_corrections(kept):
    split = extra.read(kept, num_outputs=11)
    assert len(split) >= 20
    assert np.all(split.images.max(axis=(1, 2)) == 255)
    return len(list((kept / "numbers").glob("*.jpg")))
