import json

import pytest
from needed import need

need("keras", reason="they are Keras' callbacks")

import keras
import numpy as np

from train.fit import callbacks
from train.fit.callbacks import Checkpoint, Replay, Reseed
from train.fit.fit_settings import Extras, Settings

WATCHERS = ("ReduceLROnPlateau", "EarlyStopping")


def made(*, layers=(), optimizer="sgd"):
    """A tiny network, ready to be fitted."""
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    model.compile(optimizer, loss="mse")
    return model


def weight(model):
    return float(model.get_weights()[0][0, 0])


def ended(checkpoint, epoch, weight, **logs):
    """Let an epoch end, after which a network's weights are so."""
    checkpoint.model.set_weights([np.full((2, 1), weight), np.zeros(1)])
    checkpoint.on_epoch_end(epoch, logs)


def test_the_best_network_is_kept_and_the_last_one(tmp_path):
    checkpoint = Checkpoint(tmp_path, [])
    checkpoint.set_model(made())
    for epoch, accuracy in enumerate((0.5, 0.9, 0.7)):
        ended(checkpoint, epoch, epoch, val_accuracy=accuracy, val_loss=1.0)
    history = json.loads((tmp_path / "history.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert [row["val_accuracy"] for row in history] == [0.5, 0.9, 0.7]
    best, last = (
        keras.models.load_model(tmp_path / name)
        for name in ("best.keras", "last.keras")
    )
    assert (weight(best), weight(last)) == (1, 2)


def test_a_resumed_run_keeps_the_best_of_before(tmp_path):
    before = [{"epoch": 1.0, "val_accuracy": 0.9, "val_loss": 1.0}]
    checkpoint = Checkpoint(tmp_path, before)
    checkpoint.set_model(made())
    ended(checkpoint, 1, 5, val_accuracy=0.8, val_loss=0.1)
    assert not (tmp_path / "best.keras").exists()
    assert (tmp_path / "last.keras").exists()


def test_a_rank_of_its_own_says_what_is_best(tmp_path):
    checkpoint = Checkpoint(tmp_path, [], rank=lambda row: -row["val_loss"])
    checkpoint.set_model(made())
    for epoch, loss in enumerate((3.0, 1.0, 2.0)):
        ended(checkpoint, epoch, epoch, val_loss=loss)
    assert weight(keras.models.load_model(tmp_path / "best.keras")) == 1


def test_averaged_weights_are_what_is_kept(tmp_path):
    keras.utils.set_random_seed(1)
    optimizer = keras.optimizers.SGD(0.01, use_ema=True, ema_momentum=0.5)
    model = made(optimizer=optimizer)
    model.set_weights([np.full((2, 1), 8.0), np.zeros(1)])
    checkpoint = Checkpoint(tmp_path, [], rank=lambda row: -row["loss"])
    data = np.ones((4, 2)), np.zeros((4, 1))
    options = {"batch_size": 2, "shuffle": False, "verbose": 0}
    model.fit(*data, callbacks=[checkpoint], **options)
    best, last = (
        weight(keras.models.load_model(tmp_path / name))
        for name in ("best.keras", "last.keras")
    )
    # Once all is fitted, Keras puts the averages into the model, too.
    assert best == pytest.approx(weight(model))
    assert abs(best - last) > 0.01


def test_random_layers_start_anew_from_seed_and_epoch():
    def states(seed, epoch):
        model = made(layers=[keras.layers.Dropout(0.5), keras.layers.Dropout(0.5)])
        reseed = Reseed(seed)
        reseed.set_model(model)
        reseed.on_epoch_begin(epoch)
        return [
            tuple(keras.ops.convert_to_numpy(layer.seed_generator.state).tolist())
            for layer in model.layers[:2]
        ]

    first, second = states(1, 0)
    assert first != second
    assert states(1, 0) == [first, second]
    assert not {first, second} & {*states(1, 1), *states(2, 0)}


def test_watchers_know_a_resumed_runs_earlier_epochs():
    history = [
        {"epoch": float(n), "loss": 1.0, "val_loss": loss}
        for n, loss in ((1, 0.1), (2, 0.5), (3, 0.6))
    ]
    stop = keras.callbacks.EarlyStopping(patience=4)
    lower = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1)
    model = made(optimizer=keras.optimizers.SGD(0.25))
    replay = Replay([stop, lower], history)
    for change in (stop, lower, replay):
        change.set_model(model)
        change.on_train_begin()
    assert (stop.best, stop.wait) == (0.1, 2)
    # It saw the loss rise twice, but the rate stays the resumed run's.
    assert lower.best == 0.1
    assert float(model.optimizer.learning_rate) == 0.25


@pytest.mark.parametrize(
    ("changes", "extras", "expected"),
    [
        ({}, {}, ["Reseed"]),
        (
            {"ema_momentum": 0.9, "schedule": "plateau", "patience": 3},
            {},
            [
                "Reseed",
                "SwapEMAWeights",
                "ReduceLROnPlateau",
                "EarlyStopping",
            ],
        ),
        (
            {},
            {"tensorboard": True, "keep_epochs": True},
            ["Reseed", "TensorBoard", "ModelCheckpoint"],
        ),
    ],
)
def test_a_run_has_the_callbacks_that_its_settings_ask_for(
    tmp_path, changes, extras, expected
):
    settings = Settings(arch="lenet5", **{"ema_momentum": 0.0, **changes})
    made = callbacks.of_run(tmp_path, settings, [], Extras(**extras))
    names = [type(callback).__name__ for callback in made]
    # Whatever watches the loss stands before what shows it the earlier epochs.
    assert names.index("Replay") > max(
        (names.index(name) for name in names if name in WATCHERS), default=-1
    )
    assert [name for name in names if name != "Replay"] == [*expected, "Checkpoint"]
