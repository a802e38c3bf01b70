import dataclasses
from pathlib import Path

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.conversion_options import OnnxOptions
from convert.formats import forms
from convert.inspect.graph import Graph, Operator, Tensor, TensorQuantization
from convert.page_network import agreement, export_page
from convert.page_network.trained import Trained
from edge_app.common.errors import ConversionError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind

FILE = Path("page-tiny-int8.tflite")
BYTES = TensorQuantization((1 / 255,), (-128,))


def form(name):
    (found,) = forms.chosen(name)
    return found


def graph(dtype="int8", *, kind="CONV_2D", quantization=BYTES, **changes):
    """A page network's graph of one operator, some of its tensors changed."""
    sides = (1, "free1", "free2")
    source = Tensor("input", (*sides, 1), dtype, quantization=quantization)
    outputs = [
        Tensor(name, (*sides, channels), dtype)
        for name, channels in (
            ("kinds", len(Kind)),
            ("sizes", NUM_SIZES),
            ("ink", NUM_INK),
        )
    ]
    source, *outputs = (
        dataclasses.replace(tensor, **changes.get(tensor.name, {}))
        for tensor in (source, *outputs)
    )
    operators = (Operator(kind, (source,), tuple(outputs)),)
    return Graph("TFLite", (source,), tuple(outputs), operators, {})


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_what_a_page_network_must_be_passes(dtype):
    agreement.check_declared(FILE, graph(dtype), form(f"{dtype}.tflite"))


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (graph("float32"), r"input \(1, free, free, 1\) int8 expected, got"),
        (graph(input={"shape": (1, 480, 640, 1)}), r"got \(\(1, 480, 640, 1\), 'int8"),
        (graph(kinds={"name": "output_0"}), r"kinds \(1, free, free, \d+\) .*got None"),
        (graph(ink={"shape": (1, "a", "b", 3)}), r"ink \(1, free, free, 16\)"),
        (graph(kind="TRANSPOSE"), "alone expected, got TRANSPOSE, which XNNPACK"),
        (
            graph(quantization=TensorQuantization((0.01,), (-128,))),
            r"\(1/255, -128\) expected, .* must reach from black to white",
        ),
        (graph(quantization=None), r"\(1/255, -128\) expected, got None"),
    ],
    ids=["floats", "fixed", "no kinds", "ink", "operator", "scale", "no scale"],
)
def test_what_is_no_page_network(declared, message):
    with pytest.raises(ConversionError, match=message):
        agreement.check_declared(FILE, declared, form("int8.tflite"))


def test_one_more_output_is_named():
    usual = graph()
    more = Tensor("more", (1, "a", "b", 1), "int8")
    declared = dataclasses.replace(usual, outputs=(*usual.outputs, more))
    with pytest.raises(ConversionError, match=r"int8\.tflite: more: not expected"):
        agreement.check_declared(FILE, declared, form("int8.tflite"))


def test_only_rounding_may_make_a_difference():
    exact = agreement.tolerance(form("float32.onnx"))
    rounded = agreement.tolerance(form("int8.tflite"))
    assert (exact.centers, exact.labels) == (1, 1)
    assert rounded.margin > exact.margin
    assert exact.centers > rounded.centers > 0.9
    assert exact.labels > rounded.labels > 0.9


def sure_network(darkness=8.0):
    """A network that takes each dark cell of four pixels for a zero.

    Args:
        darkness: By how much the logit of a black cell is over that of a white one.
    """
    picture = keras.Input((None, None, 1))
    cell = layers.Conv2D(1, 4, strides=4, name="cell")(picture)
    counts = {"kinds": len(Kind), "sizes": NUM_SIZES, "ink": NUM_INK}
    maps = {name: layers.Conv2D(n, 1, name=name)(cell) for name, n in counts.items()}
    model = keras.Model(picture, maps)
    mean = np.full((4, 4, 1, 1), 1 / 16, np.float32)
    model.get_layer("cell").set_weights([mean, np.zeros(1, np.float32)])
    for name, count in counts.items():
        kernel, bias = np.zeros((1, 1, 1, count)), np.zeros(count)
        if name == "kinds":
            bias[:] = -6
            kernel[..., 0], bias[0] = -darkness, darkness - 4
        if name == "sizes":
            bias[:] = (-1, -1, 0.5, 0.5)
        model.get_layer(name).set_weights([kernel, bias])
    return model


def dotted(*, step):
    """White paper with a black cell of four pixels every so many cells."""
    gray = np.full((96, 128), 255, np.uint8)
    for y in range(2, 24, step):
        for x in range(2, 32, step):
            gray[4 * y : 4 * y + 4, 4 * x : 4 * x + 4] = 0
    return gray


def trained(model, step=4):
    return Trained(
        name="page-tiny",
        model=model,
        calibration=np.zeros((1, 32, 32, 1), np.float32),
        pictures=(dotted(step=step),) * 4,
        thresholds={"peak": 0.3},
        accuracy=0.5,
        made_by={},
    )


@pytest.fixture(scope="module")
def exact():
    """The network's own file."""
    chosen = form("float32.tflite")
    made = export_page.Exporter(trained(sure_network()), OnnxOptions())(chosen)
    return made.name, made.model, chosen


@pytest.mark.slow  # a conversion
def test_a_network_s_own_file_agrees_with_it(exact):
    found = agreement.Verifier(trained(sure_network()))(*exact)
    assert "litert" in [agreed.runtime for agreed in found]
    for agreed in found:
        assert agreed.num_centers == 4 * 6 * 8
        assert (agreed.same_centers, agreed.added, agreed.same_labels) == (1, 0, 1)
        assert f"100.00% of Keras' {agreed.num_centers} centers" in str(agreed)


@pytest.mark.slow
def test_another_network_s_file_does_not(exact):
    blind = agreement.Verifier(trained(sure_network(darkness=0.0)))
    message = "Keras finds 0 centers .*; 100.00% of its centers are not Keras'"
    with pytest.raises(ConversionError, match=message):
        blind(*exact)


@pytest.mark.slow
def test_too_few_centers_verify_nothing(exact):
    few = agreement.Verifier(trained(sure_network(), step=11))
    with pytest.raises(ConversionError, match="at least 100 must be compared"):
        few(*exact)
