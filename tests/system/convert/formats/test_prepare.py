import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.formats import prepare
from edge_app.common.errors import ConversionError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind

MAPS = (len(Kind), NUM_SIZES, NUM_INK)


def classifier(shape, *, num_scores=3):
    return keras.Sequential(
        [keras.Input(shape), layers.Flatten(), layers.Dense(num_scores, name="scores")]
    )


def page(shape=(None, None, 1), channels=MAPS):
    picture = keras.Input(shape)
    return keras.Model(picture, [layers.Conv2D(n, 1)(picture) for n in channels])


@pytest.mark.parametrize("shape", [(5, 4), (1, 5, 4), (28 * 28,)])
def test_an_image_without_channels_gets_one(shape):
    model = classifier(shape)
    inputs = np.random.default_rng(1).random((2, *shape), np.float32)
    size_hw = (28, 28) if len(shape) == 1 else shape[-2:]
    images = prepare.as_images(model)
    assert images.input_shape == (None, *size_hw, 1)
    assert [layer.name for layer in images.layers][-1] == "scores"
    found = images(inputs.reshape(2, *size_hw, 1))
    np.testing.assert_array_equal(found, model(inputs))


@pytest.mark.parametrize("shape", [(5, 4, 3), (3, 5, 4), (100,), (None, 4)])
def test_any_other_model_is_left_as_it_is(shape):
    inputs = keras.Input(shape)
    model = keras.Model(inputs, layers.Rescaling(2.0)(inputs))
    assert prepare.as_images(model) is model


def test_an_image_classifier_passes():
    prepare.check(classifier((5, 4, 1), num_scores=2))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (classifier((5, 4)), r"fixed size expected, the model's is \(None, 5, 4\)"),
        (page(channels=(3,)), "fixed size expected, the model's is .*None, None, 1"),
        (page((5, 4, 1), (3,)), r"two or more scores .* is \(None, 5, 4, 3\)"),
        (classifier((5, 4, 1), num_scores=1), r"two or more scores .* \(None, 1\)"),
        (page((5, 4, 1), (3, 2)), "one input and one output .* has 1 and 2"),
    ],
    ids=["no channels", "free sides", "maps", "one score", "two outputs"],
)
def test_what_is_no_image_classifier(model, message):
    with pytest.raises(ConversionError, match=message):
        prepare.check(model)


def test_a_page_network_passes_whatever_the_order_of_its_maps():
    prepare.check_pictures(page())
    prepare.check_pictures(page(channels=MAPS[::-1]))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (page((64, 64, 1)), r"free height and width expected, .* \[\(64, 64, 1\)\]"),
        (page((None, None, 3)), r"width, 1\) .* \[\(None, None, 3\)\]"),
        (page(channels=MAPS[:2]), "channels expected, .* train it again"),
    ],
    ids=["fixed", "color", "a map is missing"],
)
def test_what_is_no_page_network(model, message):
    with pytest.raises(ConversionError, match=message):
        prepare.check_pictures(model)


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("model", [classifier((5, 4, 1)), page()])
def test_a_copy_for_the_converters_says_the_same(model, batch_size):
    copy = prepare.for_conversion(model, batch_size=batch_size)
    assert copy.inputs[0].name == "input"
    assert tuple(copy.inputs[0].shape) == (batch_size, *model.input_shape[1:])
    inputs = np.random.default_rng(1).random((1, 5, 4, 1), np.float32)
    expected, found = (keras.tree.flatten(network(inputs)) for network in (model, copy))
    assert len(found) == len(model.outputs)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
