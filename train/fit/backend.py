"""Keras and what it runs on, started quietly and made repeatable."""

from collections.abc import Callable
from typing import Any, Literal

from edge_app.common.process.quiet import quiet


def start() -> None:
    """Import Keras, let its backend look for devices, make sums repeatable.

    Raises:
        ModuleNotFoundError: Keras or its backend is not installed.
    """
    with quiet():
        import keras

        keras.distribution.list_devices()
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # Else threads add in another order each time, and no run can be repeated.
        tf.config.experimental.enable_op_determinism()


def jit() -> bool | Literal["auto"]:
    """Return whether XLA compiles training, as `keras.Model.compile` takes it.

    On TensorFlow's CPUs such a step takes twice as long.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            return False
    return "auto"


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a stateless function to one graph where the backend gains by it.

    On TensorFlow, Keras' random generators may change: they are variables.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, reduce_retracing=True)  # type: ignore[no-any-return]
    return function
