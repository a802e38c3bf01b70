import numpy as np
import pytest

from edge_app.common.process.quiet import our_process
from edge_app.model import classify, runtime

pytestmark = pytest.mark.device


def shipped(name):
    path = classify.MODELS / name
    return path, path.read_bytes()


def inputs(count):
    return np.random.default_rng(0).random((count, 28, 28, 1), np.float32)


def runtime_and_file():
    return [
        (name, f"report-{form}{runtime.RUNTIMES[name].suffix}")
        for name in runtime.installed()
        for form in ("int8", "float32")
    ]


@pytest.mark.parametrize(("name", "file"), runtime_and_file())
def test_each_runtime_executes_its_shipped_models(name, file):
    model = runtime.load(*shipped(file), runtime=name)
    assert model.input_shape == (28, 28, 1)
    assert model.num_outputs == 10
    for count in (1, 8, 3):  # the batch size may change between calls
        scores = model(inputs(count))
        assert scores.shape == (count, 10)
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores.sum(axis=1), 1, atol=0.02)


@pytest.mark.parametrize(("name", "file"), runtime_and_file())
def test_a_batch_scores_like_its_images_alone(name, file):
    model = runtime.load(*shipped(file), runtime=name)
    images = inputs(5)
    alone = np.concatenate([model(images[i : i + 1]) for i in range(5)])
    # One quantization step of an int8 probability.
    np.testing.assert_allclose(model(images), alone, atol=1 / 256)


def test_int8_files_hold_integers_throughout():
    model = runtime.load(*shipped("report-int8.tflite"))
    assert model.input_dtype == "int8"


def test_our_commands_print_nothing_while_they_load(capfd):
    with our_process():
        for name, file in runtime_and_file():
            runtime.load(*shipped(file), runtime=name)(inputs(2))
    assert capfd.readouterr() == ("", "")


def test_suffix_in_capitals():
    _, content = shipped("report-int8.tflite")
    assert runtime.load(classify.MODELS / "A.TFLITE", content).num_outputs == 10
