import sys

import pytest
from needed import need

need("keras", reason="it is what is started")
need("tensorflow", reason="what Keras runs on here")

import keras
import tensorflow as tf
from tensorflow.python.framework import config

from train.fit import backend


def test_starting_says_nothing_and_makes_sums_repeatable(capfd):
    # TensorFlow's public interface can neither ask nor undo it.
    config.disable_op_determinism()
    backend.start()
    assert config.is_op_determinism_enabled()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["keras", "tensorflow"])
def test_what_is_not_installed_is_named(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=name):
        backend.start()


def test_training_is_compiled_on_accelerators_alone():
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    assert backend.jit() == ("auto" if has_gpu else False)


def test_a_compiled_function_is_traced_once_and_gives_the_same():
    calls = []

    def doubled(x):
        calls.append(x)
        return 2 * x

    graph = backend.compiled(doubled)
    for value in (1.0, 3.0):
        found = graph(keras.ops.convert_to_tensor([value]))
        assert keras.ops.convert_to_numpy(found) == [2 * value]
    assert len(calls) == 1
