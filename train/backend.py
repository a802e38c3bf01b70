"""Keras and what it runs on, started quietly and made repeatable."""

from collections.abc import Callable
from typing import Any

from edge_app.quiet import quiet


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


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as one graph where the backend gains by it; it must be stateless.

    On TensorFlow, Keras' random generators may change: they are variables.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, reduce_retracing=True)  # type: ignore[no-any-return]
    return function
