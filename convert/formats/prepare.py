"""A Keras model made ready for the converters: named, its batch size chosen."""

import keras

from convert.formats.forms import INPUT
from edge_app.common.errors import ConversionError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from edge_app.model.normalize import INPUT_SIZE


def as_images(model: keras.Model) -> keras.Model:
    """Return a model that takes images `(height, width, channels)`.

    Of one channel, which many networks for gray images leave out or have first: an
    input `(28, 28)` or `(1, 28, 28)` gets a layer before it, as does one of 784 pixels.
    Any other model is returned as it is.
    """
    if len(model.inputs) != 1:
        return model
    shape = tuple(model.inputs[0].shape[1:])
    if shape == (INPUT_SIZE**2,):
        size_hw = (INPUT_SIZE, INPUT_SIZE)
    elif len(shape) in (2, 3) and None not in shape and shape[:-2] in ((), (1,)):
        size_hw = shape[-2:]
    else:
        return model
    image = keras.Input((*size_hw, 1))
    scores = keras.layers.Reshape(shape)(image)
    # The layers of a Sequential stay layers of the whole, so that errors name them.
    steps = model.layers if isinstance(model, keras.Sequential) else [model]
    for step in steps:
        scores = step(scores)
    return keras.Model(image, scores, name=model.name)


def check(model: keras.Model) -> None:
    """Check that a model is an image classifier, which is what can be verified.

    Raises:
        ConversionError: It takes or gives something else.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ConversionError(
            f"one input and one output expected, the model has {len(model.inputs)} and "
            f"{len(model.outputs)}"
        )
    shape, scores = model.inputs[0].shape, model.outputs[0].shape
    if len(shape) != 4 or None in shape[1:]:
        raise ConversionError(
            "an image input (batch, height, width, channels) of fixed size expected, "
            f"the model's is {tuple(shape)}"
        )
    if len(scores) != 2 or scores[1] is None or scores[1] < 2:
        raise ConversionError(
            "an output (batch, classes) of two or more scores expected, the model's is "
            f"{tuple(scores)}"
        )


def check_pictures(model: keras.Model) -> None:
    """Check that a model is a page network: a gray picture of any size in, maps out.

    Raises:
        ConversionError: It takes or gives something else.
    """
    shapes = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    if shapes != [(None, None, 1)]:
        raise ConversionError(
            "one input (batch, height, width, 1) of free height and width expected, "
            f"the model's are {shapes}"
        )
    channels = sorted(tensor.shape[-1] for tensor in model.outputs)
    expected = sorted((len(Kind), NUM_SIZES, NUM_INK))
    if channels != expected:
        raise ConversionError(
            f"maps of {expected} channels expected, the model's have {channels}; train "
            "it again with this program"
        )


def for_conversion(model: keras.Model, *, batch_size: int | None) -> keras.Model:
    """Copy a model with an input called `INPUT` and a batch size, `None` for any.

    Keras numbers unnamed tensors on through a process; a name of our own makes the
    converted bytes the same each time.
    """
    shape = model.inputs[0].shape[1:]
    # A Sequential has no graph of the kind that takes another input; this one has.
    outputs = model.outputs[0] if len(model.outputs) == 1 else model.output
    functional = keras.Model(model.inputs[0], outputs, name=model.name)
    copy = keras.models.clone_model(
        functional, keras.Input(shape, batch_size=batch_size, name=INPUT)
    )
    copy.set_weights(model.get_weights())
    return copy
