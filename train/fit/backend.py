"""Keras and what it runs on, started quietly and made repeatable."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from edge_app.common.process.quiet import quiet

if TYPE_CHECKING:
    import keras


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
