import pytest

onnx = pytest.importorskip("onnx", reason="converting needs the group train")

from onnx import TensorProto, helper

from convert.formats import onnx_graph


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def model(prefix="a", *, batch="unk__7", order=(0, 1)):
    """A capped product as tf2onnx writes it, whose names differ each time."""
    x, weights, cap, product, y = (f"{prefix}/{n}:0" for n in (3, 9, 11, 20, 31))
    constants = [
        helper.make_tensor(weights, TensorProto.FLOAT, (4, 2), [1.0] * 8),
        helper.make_tensor(cap, TensorProto.FLOAT, (), [6.0]),
    ]
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", [x, weights], [product], name=f"{prefix}__5"),
            helper.make_node("Clip", [product, "", cap], [y], name=f"{prefix}__6"),
        ],
        prefix,
        [value(x, (batch, 4))],
        [value(y, (batch, 2))],
        [constants[index] for index in order],
        f"converted from {prefix}",
        value_info=[value(product, (batch, 2))],
    )
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, ir_version=8, opset_imports=opsets)


def test_tensors_are_named_by_what_and_where_they_are():
    graph = onnx_graph.renamed(model()).graph
    product, cap = graph.node
    assert (product.name, cap.name) == ("MatMul_0", "Clip_1")
    assert list(product.input) == ["input", "MatMul_0_in1"]
    assert list(cap.input) == ["MatMul_0_out", "", "Clip_1_in2"]
    assert list(cap.output) == ["output_0"]
    (inner,) = graph.value_info  # inferred anew, under the new name
    assert inner.name == "MatMul_0_out"
    assert {sides(value_info)[0] for value_info in (*graph.input, *graph.output)} == {
        "batch"
    }


def sides(value):
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_param or dim.dim_value for dim in dims]


def test_the_same_model_gives_the_same_bytes_whatever_its_names_were():
    first, second = (
        onnx_graph.renamed(made).SerializeToString(deterministic=True)
        for made in (model(), model("b", batch="unk__91", order=(1, 0)))
    )
    assert first == second


def test_outputs_get_the_names_they_are_given():
    graph = onnx_graph.renamed(model(batch=3), ["kinds"]).graph
    assert [output.name for output in graph.output] == ["kinds"]
    assert list(graph.node[1].output) == ["kinds"]
    assert sides(graph.output[0]) == [3, 2]  # a fixed batch stays
    with pytest.raises(ValueError, match="argument"):
        onnx_graph.renamed(model(), ["kinds", "sizes"])


def test_a_copy_may_be_changed():
    made = model()
    onnx_graph.copy(made).graph.node[0].name = "other"
    assert made.graph.node[0].name == "a__5"


def test_a_pictures_free_sides_are_named():
    picture = value("x", ("batch", "unk__1", "unk__2", 1))
    onnx_graph.name_sides(picture, ("height", "width"))
    assert sides(picture) == ["batch", "height", "width", 1]


def test_a_graph_that_is_not_sound_is_refused():
    made = model()
    assert onnx_graph.checked(made) is made
    shapes = model()
    shapes.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 3
    with pytest.raises(onnx.shape_inference.InferenceError, match="3"):
        onnx_graph.checked(shapes)
    del made.graph.initializer[:]
    with pytest.raises(onnx.checker.ValidationError, match="not output of any"):
        onnx_graph.checked(made)
