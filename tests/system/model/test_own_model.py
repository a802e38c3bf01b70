"""Models of somebody else's making, trained and written as they would be."""

import numpy as np
import pytest
from foreign import as_onnx, as_tflite, taken_as

from edge_app.model import classify, own_model
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
    assert [
        classification.label for classification in classify.load(name)(inputs)
    ] == list(labels)


def test_pixels_in_a_range():
    inputs = np.array([0.0, 0.5, 1.0], np.float32)
    np.testing.assert_allclose(Pixels(0, 255)(inputs), [0, 127.5, 255])
    np.testing.assert_allclose(Pixels(1, -1)(inputs), [1, 0, -1])


def expected_labels(model, pixels, images):
    return model.predict(taken_as(pixels, images), verbose=0).argmax(axis=1)


def check_reads_alike(path, model, pixels, images):
    """Loaded and fed as everything is, a file reads what its network itself does."""
    inputs = (images / np.float32(255))[..., np.newaxis]
    classifier = classify.load(str(path))
    read = classifier(inputs)
    labels = [classification.label for classification in read]
    assert np.mean(labels == expected_labels(model, pixels, images)) > 0.99
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
    assert (
        len({classification.label for classification in read}) == 10
    )  # once, all were read as 8


@pytest.mark.parametrize(
    "shape",
    [
        [1, 1, 28, 28],
        ["N", 1, 28, 28],
        [1, 28, 28],
        ["N", 28, 28, 1],
        [1, 784],
        [28, 28],  # without a batch
        [28, 28, 1],
        [784],
    ],
    ids=str,
)
def test_layouts_of_onnx_files(trained, test_images, tmp_path, shape):
    path = as_onnx(trained(BYTES), tmp_path / "mnist-8.onnx", shape)
    check_reads_alike(path, trained(BYTES), BYTES, test_images[:50])


def test_a_tflite_file_without_a_batch(trained, test_images, tmp_path):
    tf = pytest.importorskip("tensorflow", reason="conversion needs TensorFlow")
    kernel, bias, kernel2, bias2 = map(tf.constant, trained(BYTES).get_weights())

    @tf.function(input_signature=[tf.TensorSpec((28, 28), tf.float32)])
    def scores(pixels):
        hidden = tf.nn.relu(tf.reshape(pixels, (1, -1)) @ kernel + bias)
        return (hidden @ kernel2 + bias2)[0]

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [scores.get_concrete_function()]
    )
    path = tmp_path / "single.tflite"
    path.write_bytes(converter.convert())
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


def test_a_foreign_manifest_beside_it_does_not_matter(
    trained, test_images, tmp_path, caplog
):
    (tmp_path / "manifest.json").write_text('{"name": "My web app", "icons": []}')
    model = trained(own_model.AS_OURS)
    path = as_tflite(model, tmp_path / "tutorial.tflite")
    check_reads_alike(path, model, own_model.AS_OURS, test_images)
    assert "no manifest.json describes it" in said(caplog)


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
