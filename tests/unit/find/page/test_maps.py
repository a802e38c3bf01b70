import json

import pytest

from edge_app.find.page.maps import (
    LEAST_HEIGHT,
    MOST_HEIGHT,
    NUM_INK,
    NUM_SIZES,
    UNIT,
    Kind,
)
from edge_app.model import classify, runtime

pytestmark = pytest.mark.device


@pytest.mark.parametrize("name", ["page-int8.tflite", "page-float32.onnx"])
def test_the_shipped_network_has_a_channel_for_each_meaning(name):
    path = classify.MODELS / name
    if path.suffix not in {
        runtime.RUNTIMES[installed].suffix for installed in runtime.installed()
    }:
        pytest.skip(f"no runtime for {path.suffix} is installed")
    model = runtime.load_pictures(path, path.read_bytes())
    assert set(model.num_channels) == {len(Kind), NUM_SIZES, NUM_INK}


def test_kinds_are_described_in_the_order_of_their_channels():
    rows = json.loads((classify.MODELS / "manifest.json").read_text())["models"]
    described = {tuple(row["labels"]) for row in rows if row["arch"] == "page"}
    assert described == {tuple(kind.name.lower() for kind in Kind)}


def test_a_digit_s_kind_is_its_value():
    assert [Kind[f"DIGIT_{digit}"] for digit in range(10)] == list(range(10))


def test_what_is_too_large_for_a_look_fits_the_next_one():
    assert MOST_HEIGHT / 2 > LEAST_HEIGHT
    assert LEAST_HEIGHT < UNIT < MOST_HEIGHT
