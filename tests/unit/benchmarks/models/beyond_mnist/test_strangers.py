import numpy as np
import pytest

from benchmarks.models.beyond_mnist import strangers
from edge_app.model.classify import Classification
from train.data.mnist import Split


def split(*levels, labels=10):
    """Drawings of one gray each, which the models below take for a tenth of it."""
    images = np.array(levels, np.uint8).reshape(-1, 1, 1) * np.ones((28, 28), np.uint8)
    images[:, 0, :2] = 0, 255  # no contrast is stretched
    return Split(images, np.resize(np.array(labels, np.uint8), len(levels)))


DRAWN = {
    "digits": split(10, 20, 31, 41, labels=[1, 3, 3, 4]),
    "letters": split(50, 61, 71),
    "symbols": split(80),
}


def test_each_kind_is_drawn_of_the_same_hands(monkeypatch):
    asked, hands = [], object()

    def drawn(of, kind, **options):
        asked.append((of, options))
        return DRAWN[kind]

    monkeypatch.setattr(strangers.drawings, "drawn", drawn)
    found = strangers.drawn(hands, copies=3, jobs=2)
    assert {kind: id(split) for kind, split in found.items()} == {
        kind: id(split) for kind, split in DRAWN.items()
    }
    assert asked == [(hands, {"copies": 3, "seed": 5, "jobs": 2})] * 3


def model(accepts):
    def classify(inputs):
        levels = [round(255 * float(image[9, 9, 0])) for image in inputs]
        return [Classification(n // 10, 0.9, accepts(n)) for n in levels]

    return classify


def test_shares_of_digits_letters_and_signs():
    ones = model(lambda level: level % 10 == 1)
    (row,) = strangers.measure({"ones": ones}, DRAWN)
    assert row == {
        "model": "ones",
        "digits": 4,
        "accuracy": 0.75,
        "accepted": 0.5,
        "accuracy_of_accepted": 1,
        "no_digits": 4,
        "letters_accepted": pytest.approx(2 / 3),
        "symbols_accepted": 0,
        "both_accepted": 0.5,
    }


def test_each_model_has_a_row():
    models = {"all": model(lambda _: True), "nothing": model(lambda _: False)}
    every, nothing = strangers.measure(models, DRAWN)
    assert every["model"] == "all"
    assert every["accuracy_of_accepted"] == every["accuracy"] == 0.75
    assert nothing["accepted"] == nothing["both_accepted"] == 0
    assert nothing["accuracy_of_accepted"] is None  # there is no share of nothing
