import pytest
from needed import need

need("ai_edge_litert", reason="its schema reads the model")

from convert.formats import read_tflite
from edge_app.common.errors import ModelError
from edge_app.model import classify


def read(name):
    return read_tflite.read((classify.MODELS / name).read_bytes())


def test_what_a_classifier_takes_holds_and_gives():
    graph = read("report-int8.tflite")
    assert graph.file_format == "TFLite, schema 3"
    (source,), (target,) = graph.inputs, graph.outputs
    assert (source.name, source.dtype) == ("input", "int8")
    assert source.shape == ("batch", 28, 28, 1)
    assert target.shape == ("batch", 10)
    assert target.quantization.scales == (1 / 256,)
    assert target.quantization.zero_points == (-128,)
    assert "min_runtime_version" in graph.metadata


def test_multiplications_are_counted():
    """3x3 kernels over 26x26 and 11x11, then 1600 to 128 to 10 units: by hand."""
    operators = read("report-float32.tflite").operators
    macs = [(operator.kind, operator.macs) for operator in operators if operator.macs]
    assert macs == [
        ("CONV_2D", 26 * 26 * 32 * 9),
        ("CONV_2D", 11 * 11 * 64 * 9 * 32),
        ("FULLY_CONNECTED", 1600 * 128),
        ("FULLY_CONNECTED", 128 * 10),
    ]


def test_constants_have_bytes_and_a_scale_for_each_channel():
    convolution = next(
        operator
        for operator in read("report-int8.tflite").operators
        if operator.kind == "CONV_2D"
    )
    pixels, weights, bias = convolution.inputs
    assert pixels.size_bytes == 0  # what is computed is not in the file
    assert (weights.shape, weights.size_bytes) == ((32, 3, 3, 1), 32 * 9)
    assert len(weights.quantization.scales) == 32
    assert set(weights.quantization.zero_points) == {0}
    assert (bias.dtype, bias.size_bytes) == ("int32", 4 * 32)


def test_outputs_of_a_page_network_have_the_names_that_callers_use():
    graph = read("page-int8.tflite")
    assert {output.name for output in graph.outputs} == {"kinds", "sizes", "ink"}
    assert graph.inputs[0].shape[3] == 1
    assert all(isinstance(side, str) for side in graph.inputs[0].shape[1:3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a TFLite file: it lacks the mark TFL3"),
        (b"PK\3\4 a zip archive", "it lacks the mark TFL3"),
        (b"\0\0\0\0TFL3", "a TFLite file without a graph"),
        (b"\xff\xff\xff\x7fTFL3", r"a damaged TFLite file \(.+\)"),
    ],
    ids=["empty", "another file", "no graph", "damaged"],
)
def test_no_model(content, message):
    with pytest.raises(ModelError, match=message):
        read_tflite.read(content)
