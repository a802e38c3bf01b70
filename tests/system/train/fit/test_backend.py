import ctypes
import os
import resource
import subprocess
import sys
import threading

import pytest
from needed import need
from places import ROOT

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


@pytest.mark.skipif(sys.platform != "linux", reason="asks the GNU C library")
def test_memory_that_a_step_frees_is_kept_for_the_next():
    backend.start()
    signature = tf.TensorSpec((), tf.int32)
    batches = tf.data.Dataset.from_generator(lambda: [1, 2], output_signature=signature)
    assert len(list(batches)) == 2  # as Keras' batches, whatever that sets
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    num_tensors, num_bytes = 100, 1 << 20

    def step():
        for _ in range(num_tensors):
            tensor = ctypes.c_void_p(library.malloc(num_bytes))
            library.memset(tensor, 1, num_bytes)
            library.free(tensor)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=step)  # with a heap of its own, as TensorFlow's
    thread.start()
    thread.join()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    assert faults < num_tensors * num_bytes // resource.getpagesize() / 10


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


IN_JAX = """
import keras
import numpy as np
from train.fit import augment, backend
layer = augment.augmenter(0)
images = np.random.default_rng(1).random((4, 28, 28, 1)).astype(np.float32)
layer(images)
varied = backend.compiled(lambda x: layer(x, training=True), layer.variables)
def twice(seed):
    augment.restart(layer, seed=seed, strength=1.0)
    return [keras.ops.convert_to_numpy(varied(images)) for _ in range(2)]
first, second = twice(3)
again, _ = twice(3)
print((first != second).any(), (first == again).all())
"""


def test_random_generators_go_on_and_start_anew_in_jax_too():
    pytest.importorskip("jax", reason="GPUs train with it")
    found = subprocess.run(
        [sys.executable, "-c", IN_JAX],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["True", "True"]
