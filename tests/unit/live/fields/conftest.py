"""A page, of whose numbers each stands in a field."""

import pytest

from edge_app.sources.demo.demo_scene import Scene


@pytest.fixture(scope="module")
def page():
    """The demo scene, and a field around each of its numbers."""
    from edge_app.reader import Reader

    image = Scene(seed=1).frame(0.0)[0]
    reading = Reader().read(image)
    return image, {number.text: _around(number.box_xywh) for number in reading.numbers}


def _around(box_xywh, margin=8):
    x, y, w, h = box_xywh
    whole = (x - margin) / 640, (y - margin) / 480
    return (*whole, (w + 2 * margin) / 640, (h + 2 * margin) / 480)
