import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from edge_app.common import environment

environment.prepare()  # before OpenCV is imported, which reads it once

SHARED = Path(__file__).parents[2] / "shared"


def _shared(name):
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"needs {folder}, which is not part of the repository")
    return folder


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory):
    """What the program keeps from one start to the next is not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATE_DIRECTORY", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def unknowns_dir():
    return _shared("data/unknowns")


@pytest.fixture(scope="session")
def mnist_dir():
    return _shared("data/mnist")


@pytest.fixture(scope="session")
def photos_dir():
    return _shared("data/photos")


@pytest.fixture(scope="session")
def shared_tools():
    return _shared("tools")


@pytest.fixture(scope="session")
def reader():
    from edge_app.model import classify
    from edge_app.reader import Reader

    return Reader(classify.load())


@pytest.fixture(scope="session")
def scene_png(tmp_path_factory):
    """A photograph of the demo scene, 640x480."""
    import cv2

    from edge_app.sources.demo.demo_scene import Scene

    path = tmp_path_factory.mktemp("scene") / "scene.png"
    cv2.imwrite(str(path), Scene(seed=1).frame(0.0)[0])
    return path


BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=BROWSER_FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    contexts, wrong = [], []

    def complain(message):
        # When the server ends, its connections do, which the page notices.
        if message.type == "error" and "net::ERR_" not in message.text:
            wrong.append(message.text)

    def open_one(url, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", complain)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong  # nothing that the policy forbids, nothing that fails


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), 1))


@pytest.fixture(scope="session")
def small_mnist_dir(mnist_dir, tmp_path_factory):
    """MNIST with 6,000 of its training images and all of its test images."""
    from train.data import mnist as data

    folder = tmp_path_factory.mktemp("mnist")
    for part, count in (("train", 6000), ("t10k", 10_000)):
        split = data.load(mnist_dir, part)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", split.images[:count])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", split.labels[:count])
    return folder


@pytest.fixture(scope="session")
def quick_run(small_mnist_dir, tmp_path_factory):
    """A finished run folder: three epochs over the small MNIST."""
    from train.__main__ import main

    run = tmp_path_factory.mktemp("runs") / "quick"
    options = [
        "--arch",
        "report",
        "--epochs",
        "3",
        "--batch-size",
        "16",
        "--no-augment",
    ]
    assert main(["--data", str(small_mnist_dir), "--run", str(run), *options]) == 0
    return run


def jpeg(image, *, orientation, order="<"):
    """A JPEG with an EXIF segment that says how the camera was held."""
    import cv2

    ok, content = cv2.imencode(".jpg", image)
    assert ok
    mark = {"<": b"II", ">": b"MM"}[order]
    width = struct.pack(order + "HHIHH", 0x0100, 3, 1, image.shape[1], 0)
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = mark + struct.pack(order + "HIH", 42, 8, 2) + width + entry + bytes(4)
    segment = b"Exif\0\0" + tiff
    header = b"\xff\xe1" + struct.pack(">H", len(segment) + 2)
    data = content.tobytes()
    return data[:2] + header + segment + data[2:]
