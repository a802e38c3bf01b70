"""Models of somebody else's making, trained and written as they would be."""

import copy

import numpy as np
import pytest

from edge_app.__main__ import main
from edge_app.common.errors import ModelError
from edge_app.model import classify, own_model
from edge_app.model.classify import MODELS
from edge_app.model.own_model import USUAL, Pixels

pytestmark = [pytest.mark.xdist_group("own_model"), pytest.mark.device]

BYTES = Pixels(0.0, 255.0)


def test_known_digits_are_ten_and_always_the_same():
    inputs, labels = own_model.known_digits()
    assert inputs.shape == (len(labels), 28, 28, 1)
    assert (inputs.min(), inputs.max()) == (0, 1)
    assert set(labels) == set(range(10))
    np.testing.assert_array_equal(inputs, own_model.known_digits()[0])


@pytest.mark.parametrize("name", ["edge-int8", "edge-float32", "report-int8"])
def test_our_models_read_all_known_digits(name):
    inputs, labels = own_model.known_digits()
    assert [each.label for each in classify.load(name)(inputs)] == list(labels)


def test_pixels_in_a_range():
    inputs = np.array([0.0, 0.5, 1.0], np.float32)
    np.testing.assert_allclose(Pixels(0, 255)(inputs), [0, 127.5, 255])
    np.testing.assert_allclose(Pixels(1, -1)(inputs), [1, 0, -1])


@pytest.fixture(scope="module")
def split(mnist_dir):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    from train.data import mnist

    return mnist.load(mnist_dir, "train")


@pytest.fixture(scope="module")
def test_images(mnist_dir):
    from train.data import mnist

    return mnist.load(mnist_dir, "t10k").images[:300]


def taken_as(pixels, images):
    """Images `(N, 28, 28)` uint8 as a model of that range takes them."""
    return pixels(np.asarray(images / np.float32(255), np.float32))


@pytest.fixture(scope="module")
def trained(split):
    """Gives the network of TensorFlow's tutorial, trained on pixels in a range."""
    import keras
    from keras import layers

    made = {}

    def trained(pixels):
        """https://www.tensorflow.org/tutorials/quickstart/beginner"""
        if pixels not in made:
            keras.utils.set_random_seed(1)
            model = keras.Sequential(
                [
                    keras.Input((28, 28)),
                    layers.Flatten(),
                    layers.Dense(64, activation="relu"),
                    layers.Dropout(0.2),
                    layers.Dense(10),
                ]
            )
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(optimizer="adam", loss=loss)
            images = taken_as(pixels, split.images[:12_000])
            model.fit(images, split.labels[:12_000], batch_size=64, epochs=3, verbose=0)
            made[pixels] = model
        return made[pixels]

    return trained


def as_tflite(model, path):
    from convert.formats import to_tflite
    from convert.formats.forms import Form

    path.write_bytes(to_tflite.convert(model, Form("float32", ".tflite")))
    return path


def as_onnx(model, path, shape, *, dtype="FLOAT", pixels=None):
    """The tutorial's network as an ONNX file with an input of another shape or dtype.

    Its format is that of 2017, as in the model zoo: weights are inputs, too.

    Args:
        model: From `trained`.
        path: The file.
        shape: Of the input, the batch first.
        dtype: Of the input.
        pixels: The range that its input is to have, of a model of 0..1.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    kernel, bias, kernel2, bias2 = map(np.array, model.get_weights())
    if pixels is not None:
        gain = pixels.ink - pixels.paper
        bias = bias - (pixels.paper / gain) * kernel.sum(axis=0)
        kernel = kernel / np.float32(gain)
    weights = {
        "flat": np.array([0, -1] if shape[0] != 1 else [1, -1], np.int64),
        "kernel": kernel,
        "bias": bias,
        "kernel2": kernel2,
        "bias2": bias2,
    }
    nodes = [
        helper.make_node("Cast", ["Input3"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["cast", "flat"], ["pixels"]),
        helper.make_node("MatMul", ["pixels", "kernel"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["sum"]),
        helper.make_node("Relu", ["sum"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "kernel2"], ["product2"]),
        helper.make_node("Add", ["product2", "bias2"], ["Plus214_Output_0"]),
    ]
    values = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    inputs = [
        helper.make_tensor_value_info("Input3", getattr(TensorProto, dtype), shape),
        *(
            helper.make_tensor_value_info(each.name, each.data_type, each.dims)
            for each in values
        ),
    ]
    output = helper.make_tensor_value_info(
        "Plus214_Output_0", TensorProto.FLOAT, [shape[0], 10]
    )
    graph = helper.make_graph(nodes, "CNTKGraph", inputs, [output], values)
    opset = helper.make_opsetid("", 8)
    onnx.save(helper.make_model(graph, ir_version=3, opset_imports=[opset]), path)
    return path


def own_labels(model, pixels, images):
    return model.predict(taken_as(pixels, images), verbose=0).argmax(axis=1)


def check_reads_alike(path, model, pixels, images):
    """Loaded and fed as everything is, a file reads what its network itself does."""
    inputs = (images / np.float32(255))[..., np.newaxis]
    classifier = classify.load(str(path))
    read = classifier(inputs)
    labels = [each.label for each in read]
    assert np.mean(labels == own_labels(model, pixels, images)) > 0.99
    np.testing.assert_allclose(classifier.scores(inputs).sum(axis=1), 1, atol=1e-5)
    return read


def said(caplog):
    (record,) = caplog.records
    return record.getMessage()


@pytest.mark.parametrize("softmax", [False, True], ids=["logits", "softmax"])
def test_tensorflows_tutorial(trained, test_images, tmp_path, caplog, softmax):
    import keras

    model = trained(own_model.AS_OURS)
    if softmax:  # as the tutorial wraps it in the end
        model = keras.Sequential([model, keras.layers.Softmax()])
    path = as_tflite(model, tmp_path / "tutorial.tflite")
    check_reads_alike(path, model, own_model.AS_OURS, test_images)
    assert "no manifest.json describes it" in said(caplog)
    assert "fed with" not in said(caplog)


def test_a_model_of_bytes_is_scaled_with_one_line(
    trained, test_images, tmp_path, caplog
):
    path = as_tflite(trained(BYTES), tmp_path / "bytes.tflite")
    read = check_reads_alike(path, trained(BYTES), BYTES, test_images)
    assert "fed with 0 for paper and 255 for ink" in said(caplog)
    assert len({each.label for each in read}) == 10  # once, all were read as 8


@pytest.mark.parametrize(
    "shape", [[1, 1, 28, 28], ["N", 1, 28, 28], [1, 28, 28], ["N", 28, 28, 1], [1, 784]]
)
def test_layouts_of_onnx_files(trained, test_images, tmp_path, shape):
    path = as_onnx(trained(BYTES), tmp_path / "mnist-8.onnx", shape)
    check_reads_alike(path, trained(BYTES), BYTES, test_images[:50])


@pytest.mark.parametrize("dtype", ["UINT8", "DOUBLE", "FLOAT16"])
def test_dtypes_of_onnx_files(trained, test_images, tmp_path, dtype):
    shape = ["N", 1, 28, 28]
    path = as_onnx(trained(BYTES), tmp_path / "a.onnx", shape, dtype=dtype)
    check_reads_alike(path, trained(BYTES), BYTES, test_images[:50])


@pytest.mark.parametrize("pixels", USUAL, ids=str)
def test_the_range_is_found(trained, test_images, tmp_path, caplog, pixels):
    model, shape = trained(own_model.AS_OURS), ["N", 1, 28, 28]
    path = as_onnx(model, tmp_path / "a.onnx", shape, pixels=pixels)
    check_reads_alike(path, model, own_model.AS_OURS, test_images[:100])
    fed = f"fed with {pixels}" in said(caplog)
    assert fed == (pixels != own_model.AS_OURS)


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


def test_a_foreign_manifest_beside_it_does_not_matter(
    trained, test_images, tmp_path, caplog
):
    (tmp_path / "manifest.json").write_text('{"name": "My web app", "icons": []}')
    model = trained(own_model.AS_OURS)
    path = as_tflite(model, tmp_path / "tutorial.tflite")
    check_reads_alike(path, model, own_model.AS_OURS, test_images)
    assert "no manifest.json describes it" in said(caplog)


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


def test_two_inputs(tmp_path, capsys, scene_png):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    import keras

    pair = [keras.Input((28, 28, 1), name=each) for each in ("left", "right")]
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


@pytest.mark.parametrize("size", [7, 64])
def test_a_fixed_batch_is_filled_up(trained, test_images, tmp_path, size):
    path = as_onnx(trained(BYTES), tmp_path / "a.onnx", [size, 1, 28, 28])
    check_reads_alike(path, trained(BYTES), BYTES, test_images[:50])


def test_the_output_with_the_digits_is_taken(trained, test_images, tmp_path):
    onnx = pytest.importorskip("onnx")
    path = as_onnx(trained(BYTES), tmp_path / "a.onnx", ["N", 1, 28, 28])
    model = onnx.load(path)
    hidden = onnx.helper.make_tensor_value_info("hidden", 1, ["N", 64])
    model.graph.output.insert(0, hidden)
    onnx.save(model, path)
    check_reads_alike(path, trained(BYTES), BYTES, test_images[:50])


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
