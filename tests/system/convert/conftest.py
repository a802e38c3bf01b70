import pytest


@pytest.fixture(scope="session")
def small_source():
    """A network of two layers with weights, and images that it is sure of."""
    keras = pytest.importorskip("keras", reason="conversion needs Keras")
    import numpy as np

    from convert.source.model_source import ConversionSource
    from convert.source.own_images import LabeledImages

    rng = np.random.default_rng(1)
    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="seen")(
        inputs
    )
    flat = keras.layers.Flatten(name="flat")(hidden)
    scores = keras.layers.Dense(3, activation="softmax", name="scores")(flat)
    model = keras.Model(inputs, scores, name="small")
    model.set_weights(
        [rng.normal(0, 0.8, weights.shape) for weights in model.get_weights()]
    )
    images = rng.random((900, 8, 8, 1), np.float32)
    found = np.sort(model.predict(images, verbose=0), axis=1)
    sure = images[found[:, -1] - found[:, -2] > 0.5]
    calibration, test = sure[:100], sure[100:400]
    labels = model.predict(test, verbose=0).argmax(axis=1)
    return ConversionSource(
        name="small",
        model=model,
        labels=("a", "b", "c"),
        num_classes=3,
        calibration=calibration,
        test=LabeledImages(test, labels, ("a", "b", "c")),
        accept_threshold=0.5,
        normalization=0,
        made_by={"convert": {"command": "python -m convert small.keras"}},
    )
