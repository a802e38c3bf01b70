"""A page, of whose numbers each stands in a field."""

import pytest

from edge_app.sources.demo.demo_scene import Scene


@pytest.fixture(scope="module")
def page(page_of):
    """The demo scene, and a field around each of its numbers."""
    return page_of(1)


@pytest.fixture(scope="session")
def page_of():
    """Draw the demo scene of a seed, with a field around each of its numbers."""
    from edge_app.reader import Reader

    reader = Reader()

    def drawn(seed):
        image = Scene(seed=seed).frame(0.0)[0]
        numbers = reader.read(image).numbers
        return image, {number.text: _around(number.box_xywh) for number in numbers}

    return drawn


def _around(box_xywh, margin=8):
    x, y, w, h = box_xywh
    whole = (x - margin) / 640, (y - margin) / 480
    return (*whole, (w + 2 * margin) / 640, (h + 2 * margin) / 480)
