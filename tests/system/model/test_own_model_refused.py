"""Model files of somebody else's making that cannot read digits, and why."""

import copy

import numpy as np
import pytest
from foreign import as_onnx, as_tflite

from edge_app.__main__ import main
from edge_app.common.errors import ModelError
from edge_app.model import classify, own_model
from edge_app.model.classify import MODELS
from edge_app.model.own_model import Pixels

pytestmark = [pytest.mark.xdist_group("own_model"), pytest.mark.device]

BYTES = Pixels(0.0, 255.0)


def refused(path, capsys, scene_png):
    """The one line with which a model file is refused, after its name."""
    capsys.readouterr()  # what its conversion printed
    assert main(["read", str(scene_png), "--model", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    start = f"edge-digits: error: {path}: "
    assert err.startswith(start)
    return err.removeprefix(start)


def test_nonsense_is_refused(trained, tmp_path, capsys, scene_png):
    import keras

    model = keras.models.clone_model(trained(own_model.AS_OURS))
    path = as_tflite(model, tmp_path / "untrained.tflite")
    line = refused(path, capsys, scene_png)
    assert line.startswith("reads ")
    assert "known digits" in line


def test_labels_in_another_order_are_refused(trained, tmp_path):
    model = copy.copy(trained(own_model.AS_OURS))
    path = tmp_path / "turned.onnx"

    class Turned:
        def get_weights(self):
            kernel, bias, kernel2, bias2 = model.get_weights()
            return kernel, bias, np.roll(kernel2, 1, axis=1), np.roll(bias2, 1)

    as_onnx(Turned(), path, ["N", 28, 28])
    with pytest.raises(ModelError, match="0 to 9, in that order"):
        classify.load(str(path))


def test_two_inputs(tmp_path, capsys, scene_png):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    import keras

    pair = [keras.Input((28, 28, 1), name=side) for side in ("left", "right")]
    both = keras.layers.Flatten()(keras.layers.Concatenate()(pair))
    model = keras.Model(pair, keras.layers.Dense(10, activation="softmax")(both))
    line = refused(as_tflite(model, tmp_path / "a.tflite"), capsys, scene_png)
    assert line.startswith("takes 2 inputs (")
    assert "left" in line
    assert "right" in line


def test_two_inputs_of_an_onnx_file(tmp_path, capsys, scene_png):
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 28, 28])
        for name in ("left", "right", "sum")
    ]
    add = helper.make_node("Add", ["left", "right"], ["sum"])
    graph = helper.make_graph([add], "siamese", values[:2], values[2:])
    opset = helper.make_opsetid("", 13)
    model = helper.make_model(graph, ir_version=8, opset_imports=[opset])
    onnx.save(model, tmp_path / "a.onnx")
    line = refused(tmp_path / "a.onnx", capsys, scene_png)
    assert line.startswith("takes 2 inputs (left, right)")


def test_compiled_for_an_edge_tpu(tmp_path, capsys, scene_png):
    """What edgetpu_compiler writes: all operators are one of its own."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    flatbuffers = pytest.importorskip("flatbuffers")
    content = (MODELS / "edge-int8.tflite").read_bytes()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode = b"edgetpu-custom-op"
    (graph,) = model.subgraphs
    operator = schema.OperatorT()
    operator.opcodeIndex = 0
    operator.inputs, operator.outputs = graph.inputs, graph.outputs
    model.operatorCodes, graph.operators = [code], [operator]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path = tmp_path / "edge-int8_edgetpu.tflite"
    path.write_bytes(bytes(builder.Output()))
    line = refused(path, capsys, scene_png)
    assert line.startswith("compiled for an Edge TPU")


def test_keras_files(tmp_path, capsys, scene_png):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    import keras

    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    for name, start in (
        ("a.h5", "a Keras model in HDF5, a .tflite or .onnx file expected"),
        ("a.keras", "a Keras model, a .tflite or .onnx file expected"),
    ):
        model.save(tmp_path / name)
        assert refused(tmp_path / name, capsys, scene_png).startswith(start)
    renamed = tmp_path / "renamed.tflite"
    (tmp_path / "a.h5").rename(renamed)
    assert refused(renamed, capsys, scene_png).startswith("a Keras model in HDF5")


def test_an_onnx_file_of_several(trained, tmp_path, capsys, scene_png):
    onnx = pytest.importorskip("onnx")
    path = as_onnx(trained(BYTES), tmp_path / "a.onnx", ["N", 1, 28, 28])
    model = onnx.load(path)
    model.ir_version = 8
    onnx.save(
        model, path, save_as_external_data=True, location="a.data", size_threshold=0
    )
    line = refused(path, capsys, scene_png)
    assert line.startswith("an ONNX file with its weights in another one; make it one")


def test_an_onnx_file_of_the_future(trained, tmp_path, capsys, scene_png):
    onnx = pytest.importorskip("onnx")
    path = as_onnx(trained(BYTES), tmp_path / "a.onnx", ["N", 1, 28, 28])
    model = onnx.load(path)
    model.ir_version = 99
    onnx.save(model, path)
    line = refused(path, capsys, scene_png)
    assert line.startswith("made for a newer ONNX Runtime")


def test_operators_of_tensorflow_itself(tmp_path, capsys, scene_png):
    tf = pytest.importorskip("tensorflow", reason="conversion needs TensorFlow")

    @tf.function(input_signature=[tf.TensorSpec((None, 28, 28), tf.float32)])
    def scores(pixels):
        return tf.linalg.inv(pixels)[:, :10, 0]

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [scores.get_concrete_function()]
    )
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    (tmp_path / "a.tflite").write_bytes(converter.convert())
    line = refused(tmp_path / "a.tflite", capsys, scene_png)
    assert line.startswith("has operators of TensorFlow itself")


def test_an_input_of_any_size(trained, tmp_path):
    path = as_onnx(trained(own_model.AS_OURS), tmp_path / "a.onnx", ["N", "H", "W"])
    with pytest.raises(ModelError, match=r"fixed size expected, got \(0, 0\)"):
        classify.load(str(path))


def test_outputs_that_are_no_ten_scores(tmp_path, trained):
    path = tmp_path / "a.onnx"
    model = trained(own_model.AS_OURS)

    class Fewer:
        def get_weights(self):
            kernel, bias, kernel2, bias2 = model.get_weights()
            return kernel, bias, kernel2[:, :5], bias2[:5]

    as_onnx(Fewer(), path, ["N", 28, 28])
    with pytest.raises(ModelError, match="at least 10 outputs expected, got"):
        classify.load(str(path))


def test_model_of_another_input_shape(tmp_path):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    import keras

    model = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    path = as_tflite(model, tmp_path / "other.tflite")
    with pytest.raises(
        ModelError, match=r"\(28, 28, 1\).* expected, got \(32, 32, 3\)"
    ):
        classify.load(str(path))
