import gc

import pytest
from places import SHARED

from edge_app.common.process import environment

environment.prepare()  # before OpenCV is imported, which reads it once

from written import write_idx


def pytest_make_parametrize_id(val):
    """Name long bytes by their start: a file of 10 MB would be a name of 40 MB."""
    if isinstance(val, bytes) and len(val) > 40:
        return f"{val[:20]!r} of {len(val)}"
    return None  # as pytest does


@pytest.hookimpl(tryfirst=True)  # before others look at marks
def pytest_collection_modifyitems(config, items):
    """Mark what needs a trained network: slow, and in one process that trains it."""
    for item in items:
        if "trained" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
        if "quick_run" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("quick_run"))
    if hasattr(config, "workerinput"):  # this is one process of several
        items.sort(key=_longest_first(items))


def _longest_first(items):
    """Return a key that puts the slow groups first, so that none is left in the end."""

    def group(item):
        return tuple(mark.args[0] for mark in item.iter_markers("xdist_group"))

    slow = {group(item) for item in items if item.get_closest_marker("slow")}

    def key(item):
        name = group(item)
        is_slow = name in slow if name else item.get_closest_marker("slow") is not None
        return not is_slow, not name

    return key


def pytest_collection_finish():
    """Keep what was imported from Python's collector, which finds nothing in it."""
    gc.freeze()


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
def strokes_dir():
    """Pen strokes of real hands."""
    return _shared("data/strokes")


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


def _shortened(mnist_dir, folder, **counts):
    from train.data import mnist

    for part, count in counts.items():
        split = mnist.load(mnist_dir, part)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", split.images[:count])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", split.labels[:count])
    return folder


@pytest.fixture(scope="session")
def small_mnist_dir(mnist_dir, tmp_path_factory):
    """MNIST with 6,000 of its training images and 2,000 of its test images."""
    folder = tmp_path_factory.mktemp("mnist")
    return _shortened(mnist_dir, folder, train=6000, t10k=2000)


@pytest.fixture(scope="session")
def shipped_accuracy(small_mnist_dir):
    """How much of the small MNIST's test images the shipped network has right."""
    from edge_app.model import classify
    from edge_app.model.normalize import to_model_input
    from train.data import mnist

    test = mnist.load(small_mnist_dir, "t10k")
    found = classify.load("edge-float32")(to_model_input(test.images))
    labels = [classification.label for classification in found]
    return sum(labels == test.labels) / len(labels)


@pytest.fixture(scope="session")
def tiny_mnist_dir(mnist_dir, tmp_path_factory):
    """MNIST with so few images that a network learns little, but soon."""
    folder = tmp_path_factory.mktemp("mnist")
    return _shortened(mnist_dir, folder, train=2000, t10k=1000)


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
