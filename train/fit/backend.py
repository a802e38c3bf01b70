"""Keras and what it runs on, started quietly and made repeatable."""

import ctypes
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from edge_app.common.process.heap import M_MMAP_THRESHOLD
from edge_app.common.process.quiet import quiet

if TYPE_CHECKING:
    import keras

# From malloc.h of the GNU C library, for `mallopt`.
_M_TRIM_THRESHOLD = -1
_KEPT_BYTES = 64 << 20  # that a step frees; more does not make it faster
_MOST_ON_HEAP_BYTES = 32 << 20  # of one tensor: the most that the library allows


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
        if sys.platform == "linux":
            _keep_memory()


def _keep_memory() -> None:
    """Let the C library keep the memory that a step frees for the next one.

    TensorFlow's datasets of Python generators, which Keras' batches are, have it give
    back all that is free beyond 128 KiB: each tensor then gets its pages anew, which
    takes nearly half of a step of a small network.
    """
    import tensorflow as tf

    # The first such dataset makes that setting: let it be before ours.
    signature = tf.TensorSpec((), tf.int32)
    with quiet():
        list(tf.data.Dataset.from_generator(lambda: [0], output_signature=signature))
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other C libraries have none, and need none
        mallopt(M_MMAP_THRESHOLD, _MOST_ON_HEAP_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


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


def compiled(
    function: Callable[..., Any], changing: "Sequence[keras.Variable]" = ()
) -> Callable[..., Any]:
    """Compile a function to one graph where the backend gains by it.

    Args:
        function: Takes and returns tensors.
        changing: The variables that it assigns, such as those of random generators.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, reduce_retracing=True)  # type: ignore[no-any-return]
    if keras.backend.backend() == "jax":
        return _jitted(function, changing)
    return function


def _jitted(
    function: Callable[..., Any], changing: "Sequence[keras.Variable]"
) -> Callable[..., Any]:
    """Compile with JAX, whose functions return what they would assign."""
    import jax
    import keras

    @jax.jit  # type: ignore[untyped-decorator]
    def stateless(values: Any, *inputs: Any) -> tuple[Any, Any]:
        state = list(zip(changing, values, strict=True))
        with keras.StatelessScope(state_mapping=state) as scope:
            outputs = function(*inputs)
        return outputs, [scope.get_current_value(variable) for variable in changing]

    def stateful(*inputs: Any) -> Any:
        outputs, values = stateless([variable.value for variable in changing], *inputs)
        for variable, value in zip(changing, values, strict=True):
            variable.assign(value)
        return outputs

    return stateful
