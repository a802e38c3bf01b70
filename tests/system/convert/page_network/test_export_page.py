import json

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
import onnx
from keras import layers

from convert.conversion_options import OnnxOptions
from convert.formats import forms, read_onnx, read_tflite
from convert.page_network import export_page
from convert.page_network.trained import Trained
from edge_app.common.errors import ConversionError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind

pytestmark = pytest.mark.slow  # whole conversions

MAPS = {"kinds": len(Kind), "sizes": NUM_SIZES, "ink": NUM_INK}


@pytest.fixture(scope="module")
def exporter():
    """Of a network that looks at cells of four pixels, each for itself."""
    keras.utils.set_random_seed(1)
    picture = keras.Input((None, None, 1))
    cells = layers.Conv2D(4, 4, strides=4, activation="relu")(picture)
    maps = {name: layers.Conv2D(n, 1, name=name)(cells) for name, n in MAPS.items()}
    trained = Trained(
        name="page-tiny",
        model=keras.Model(picture, maps),
        calibration=np.random.default_rng(1).random((4, 32, 32, 1), np.float32),
        pictures=(),
        thresholds={"peak": 0.3},
        accuracy=0.5,
        made_by={},
    )
    return export_page.Exporter(trained, OnnxOptions())


def form(name):
    (found,) = forms.chosen(name)
    return found


def test_what_page_networks_come_as():
    export_page.check(forms.chosen("int8,float32"))


@pytest.mark.parametrize(
    "name", ["float16.onnx", "float32.ort", "int8.c", "int8-batch1.tflite",
             "int8-float-io.tflite"]
)  # fmt: skip
def test_what_they_do_not(name):
    with pytest.raises(ConversionError, match=f"^--to {name}: page networks come as "):
        export_page.check([*forms.chosen("int8"), form(name)])


@pytest.mark.parametrize("numbers", ["int8", "float32"])
def test_a_tflite_file_takes_one_picture_of_any_size(exporter, numbers):
    made = exporter(form(f"{numbers}.tflite"))
    assert made.files == {f"page-tiny-{numbers}.tflite": made.model}
    graph = read_tflite.read(made.model)
    (source,) = graph.inputs
    assert (source.shape[0], source.shape[3], source.dtype) == (1, 1, numbers)
    assert all(isinstance(side, str) for side in source.shape[1:3])
    assert {output.name: output.shape[3] for output in graph.outputs} == MAPS


@pytest.mark.parametrize("numbers", ["int8", "float32"])
def test_an_onnx_file_names_its_sides_and_what_it_is(exporter, numbers):
    made = exporter(form(f"{numbers}.onnx"))
    assert made.files == {f"page-tiny-{numbers}.onnx": made.model}
    graph = read_onnx.read(made.model)
    (source,) = graph.inputs
    assert (source.name, source.shape) == ("input", (1, "height", "width", 1))
    for output in graph.outputs:
        batch, rows, columns, channels = output.shape
        assert (batch, channels) == (1, MAPS[output.name])
        assert isinstance(rows, str)
        assert isinstance(columns, str)
    assert json.loads(graph.metadata["thresholds"]) == {"peak": 0.3}
    weights = {
        tensor.data_type
        for tensor in onnx.load_from_string(made.model).graph.initializer
    }
    assert (onnx.TensorProto.INT8 in weights) == (numbers == "int8")
